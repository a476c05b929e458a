"""S3 keys of libraries in the artifacts bucket, written by `mlproject libraries push` and read by the scripts."""

from __future__ import annotations

import re
from typing import Literal

from mlproject.parameters import Emr

LIBRARIES = "libraries/"

Target = Literal["notebook", "notebook-gpu", "emr", "emr-arm64"]
CLUSTER_TARGETS: tuple[Target, ...] = ("emr", "emr-arm64")
# The script on a node reads a list below this prefix. Lists for ARM have a folder of their own there.
_CLUSTER, _ARM_FOLDER = "emr", "arm64"
# The families whose instances have GPUs (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
_GPU_TYPE = re.compile(r"ml\.[gp]\d")


def notebook_target(instance_type: str) -> Target:
    """Return the target of a notebook's libraries, which may differ on instances with a GPU.

    Args:
        instance_type: such as `ml.g4dn.xlarge`.
    """
    return "notebook-gpu" if _GPU_TYPE.match(instance_type) else "notebook"


def cluster_target(emr: Emr) -> Target:
    """Return the target of a cluster's libraries, whose wheels depend on the processor of the nodes."""
    return "emr-arm64" if emr.architecture == "arm64" else "emr"


def cluster_list(target: Target, stem: str) -> str:
    """Return the name with which a node finds a list: of its own folder for ARM.

    Args:
        target: one of CLUSTER_TARGETS.
        stem: name of the project's list.
    """
    return f"{_ARM_FOLDER}/{stem}" if target == "emr-arm64" else stem


def list_key(target: Target, stem: str) -> str:
    """Return the key of a resolved list, a requirements.txt with hashes and one comment line per wheel.

    Args:
        target: platform for which the list is resolved.
        stem: name of the project's list, `libraries/<stem>.txt`.
    """
    return f"{_list_folder(target, stem)}/requirements.txt"


def pack_key(target: Target, stem: str, digest: str) -> str:
    """Return the key of an archive with the installed libraries of a list, beside the list.

    Args:
        target: platform for which the list is resolved.
        stem: name of the project's list.
        digest: SHA-256 hash of the lock from which it was built.
    """
    return f"{_list_folder(target, stem)}/{digest}.tar.gz"


def _list_folder(target: Target, stem: str) -> str:
    if target in CLUSTER_TARGETS:
        return f"{LIBRARIES}{_CLUSTER}/{cluster_list(target, stem)}"
    return f"{LIBRARIES}{target}/{stem}"


def wheel_key(sha256: str, file: str) -> str:
    """Return the key of a wheel, which contains its hash, so that a key never refers to a different file."""
    return f"{LIBRARIES}wheels/{sha256}/{file}"
