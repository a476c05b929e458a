"""An EMR cluster as people write it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.keys import Follows, Value, key
from mlproject.parameters.tables import emr_releases

# https://docs.aws.amazon.com/emr/latest/APIReference/API_VolumeSpecification.html (SizeInGB; 10 if EBS-optimized)
VOLUME_GB_MINIMUM, VOLUME_GB_LIMIT = 10, 1024
# https://docs.aws.amazon.com/emr/latest/APIReference/API_AutoTerminationPolicy.html (60 to 604,800 seconds). The least
# is ours: a session of Livy takes a minute or two to start, and must not end before its first statement.
IDLE_MINUTES_MINIMUM, IDLE_MINUTES_LIMIT = 10, 7 * 24 * 60
# Ours: a project's cluster with more nodes is a slip of the keyboard.
NODES_LIMIT = 500
GENERATION_LIMIT = 1_000_000

NodeType = Annotated[
    str,
    AfterValidator(emr_releases.node_type),
    WithJsonSchema({"type": "string", "pattern": f"^({emr_releases.NODE_TYPE})$"}),
]
_NODE_TYPE_ALLOWED = "an EC2 type that EMR supports, such as m5.xlarge"


class Emr(Value):
    """A cluster for Spark, reached from the project's notebooks through Livy."""

    release: Annotated[str, AfterValidator(emr_releases.release)] = key(
        "The EMR release. Default emr-7.13.0.", allowed="a release label, such as emr-7.13.0", default="emr-7.13.0"
    )
    primary_instance_type: NodeType = key("The primary node's type.", allowed=_NODE_TYPE_ALLOWED)
    core_instance_type: NodeType = key("The core nodes' type.", allowed=_NODE_TYPE_ALLOWED)
    core_count: int = key(
        "Core nodes, the least that managed scaling keeps. Default 1.",
        allowed=f"a whole number, 1 to {NODES_LIMIT}",
        default=1,
        ge=1,
        le=NODES_LIMIT,
    )
    maximum_count: int = key(
        "Core and task nodes to which managed scaling grows at most. Default 3.",
        allowed=f"a whole number, core_count to {NODES_LIMIT}",
        default=3,
        ge=1,
        le=NODES_LIMIT,
    )
    volume_gb: int = key(
        "Size of each node's volume, in GB. Default 64.",
        allowed=f"whole GB, {VOLUME_GB_MINIMUM} to {VOLUME_GB_LIMIT}",
        default=64,
        ge=VOLUME_GB_MINIMUM,
        le=VOLUME_GB_LIMIT,
    )
    idle_minutes: int = key(
        "Minutes without work after which the cluster terminates. Default 60.",
        allowed=f"whole minutes, {IDLE_MINUTES_MINIMUM} to {IDLE_MINUTES_LIMIT} (a week)",
        default=60,
        ge=IDLE_MINUTES_MINIMUM,
        le=IDLE_MINUTES_LIMIT,
    )
    libraries: Annotated[str, Follows(constraints.LIBRARIES)] | None = key(
        "The list of libraries to install: NAME of libraries/NAME.txt beside project.yaml. Default: none.",
        allowed="the name of a file of the project's libraries/, without .txt",
        default=None,
    )
    generation: int = key(
        "A larger number makes a new cluster at the next deploy. Default 1.",
        allowed=f"a whole number, 1 to {GENERATION_LIMIT}",
        default=1,
        ge=1,
        le=GENERATION_LIMIT,
    )
    certificate_s3: Annotated[str, Follows(addresses.S3_ZIP)] | None = key(
        "The zip of PEM files with which nodes encrypt what they send. Default: none, so nodes send unencrypted.",
        allowed="an address such as s3://bucket/certificates.zip",
        default=None,
    )
