"""The bootstrap action of EMR clusters that installs the project's libraries."""

from __future__ import annotations

from pathlib import Path

from mlproject.node_scripts.keys import LIBRARIES
from mlproject.parameters import Deployment

# A file asset of the emr stack; EMR runs it from S3 on every node.
BOOTSTRAP_ACTION = Path(__file__).parents[2] / "bootstrap_actions" / "install_libraries.sh"


def bootstrap_arguments(deployment: Deployment) -> tuple[str, ...]:
    """The action's arguments: region, folder of libraries, list, index ("" for the wheels in S3).

    Args:
        deployment: with a cluster that has a list of libraries; without one there is no action.
    """
    if deployment.emr is None or deployment.emr.libraries is None:
        raise ValueError(f"{deployment.names.prefix} has no cluster with libraries")
    bucket = deployment.names.bucket("artifacts")
    environment = deployment.environment
    return (
        environment.region,
        f"s3://{bucket}/{LIBRARIES.rstrip('/')}",
        deployment.emr.libraries,
        environment.library_index or "",
    )
