"""Bootstrap action that installs the project's libraries on EMR clusters."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlproject.archives import reproducible_archive
from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.node_scripts.keys import LIBRARIES, cluster_list, cluster_target
from mlproject.node_scripts.tools import Tools
from mlproject.parameters import Deployment, Emr

_ROOT = Path(__file__).parents[2]
# File asset of the emr stack, which EMR downloads from S3 and runs on every node.
BOOTSTRAP_ACTION = _ROOT / "bootstrap_actions" / "install_libraries.sh"
_PACKAGE = BOOTSTRAP_ACTION.parent / "node_libraries"
# What nodes and notebooks have in common. `settings` is the node's own.
_SHARED = ("__init__", "cache", "downloads", "failure", "processes", "programs", "resolved_list")
_NOTEBOOK_PACKAGE = _ROOT / "lifecycle_scripts" / "tools" / "libraries"


def node_archive() -> bytes:
    """Return the program of the bootstrap action as a reproducible tar.gz."""
    own = {f"node_libraries/{path.name}": path for path in _PACKAGE.glob("*.py") if path.name != "settings.py"}
    shared = {f"libraries/{name}.py": _NOTEBOOK_PACKAGE / f"{name}.py" for name in _SHARED}
    files = {**own, **shared, "libraries/settings.py": _PACKAGE / "settings.py"}
    return reproducible_archive({name: path.read_bytes() for name, path in files.items()})


def bootstrap_arguments(deployment: Deployment, archive: Tools, *, cluster: Emr | None = None) -> tuple[str, ...]:
    """Return the arguments of the action, in the order of its script. The URL of an index is the last, if there is one.

    Args:
        deployment: a deployment with a cluster that has a list of libraries.
        archive: the program of the action in S3.
        cluster: parameters of a cluster of the deployment. Default: those of the main cluster.

    Raises:
        ValueError: the deployment has no cluster, or its cluster has no list of libraries.
    """
    emr = cluster or deployment.emr
    if emr is None or emr.libraries is None:
        raise ValueError(f"{deployment.names.prefix} has no cluster with libraries")
    bucket = deployment.names.bucket("artifacts")
    environment = deployment.environment
    return (
        environment.region,
        archive.uri,
        archive.sha256,
        f"s3://{bucket}/{LIBRARIES.rstrip('/')}",
        f"s3://{bucket}/{LOGS_PREFIX.rstrip('/')}",
        cluster_list(cluster_target(emr), emr.libraries),
        # It is not documented whether EMR passes an empty argument.
        *([environment.library_index] if environment.library_index else []),
    )


def step_bootstrap_arguments(deployment: Deployment) -> tuple[str, ...]:
    """Return the arguments of the action on a cluster that a step of the pipeline creates; none without libraries.

    The address of the program is a placeholder of the pipeline's definition.
    """
    if not deployment.emr or not deployment.emr.libraries:
        return ()
    sha256 = hashlib.sha256(node_archive()).hexdigest()
    return bootstrap_arguments(deployment, Tools(uri="s3://${ClusterLibrariesProgram}", sha256=sha256))
