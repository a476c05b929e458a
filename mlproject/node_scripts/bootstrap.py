"""Bootstrap action that installs the project's libraries on EMR clusters."""

from __future__ import annotations

from pathlib import Path

from mlproject.node_scripts.keys import LIBRARIES, cluster_list, cluster_target
from mlproject.parameters import Deployment

# File asset of the emr stack, which EMR downloads from S3 and runs on every node.
BOOTSTRAP_ACTION = Path(__file__).parents[2] / "bootstrap_actions" / "install_libraries.sh"


def bootstrap_arguments(deployment: Deployment) -> tuple[str, ...]:
    """Return the arguments of the action: region, S3 URI of the libraries, list, index URL ("" for wheels in S3).

    Args:
        deployment: a deployment with a cluster that has a list of libraries.

    Raises:
        ValueError: the deployment has no cluster, or its cluster has no list of libraries.
    """
    if deployment.emr is None or deployment.emr.libraries is None:
        raise ValueError(f"{deployment.names.prefix} has no cluster with libraries")
    bucket = deployment.names.bucket("artifacts")
    environment = deployment.environment
    return (
        environment.region,
        f"s3://{bucket}/{LIBRARIES.rstrip('/')}",
        cluster_list(cluster_target(deployment.emr), deployment.emr.libraries),
        environment.library_index or "",
    )
