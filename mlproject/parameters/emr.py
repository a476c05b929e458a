"""An EMR cluster as people write it."""

from __future__ import annotations

from mlproject.parameters.keys import Value, key


class Emr(Value):
    """A cluster for Spark, reached from the project's notebooks through Livy."""

    release: str = key(
        "The EMR release. Default emr-7.13.0.", allowed="a release label, such as emr-7.13.0", default="emr-7.13.0"
    )
    primary_instance_type: str = key("The primary node's type.", allowed="an EC2 type that EMR supports")
    core_instance_type: str = key("The core nodes' type.", allowed="an EC2 type that EMR supports")
    core_count: int = key(
        "Core nodes, the least that managed scaling keeps. Default 1.", allowed="a whole number", default=1, ge=1
    )
    maximum_count: int = key(
        "Core and task nodes that managed scaling adds at most. Default 3.",
        allowed="a whole number, core_count or more",
        default=3,
        ge=1,
    )
    volume_gb: int = key("Size of each node's volume, in GB. Default 64.", allowed="whole GB", default=64, ge=1)
    idle_minutes: int = key(
        "Minutes without work after which the cluster terminates. Default 60.", allowed="whole minutes", default=60
    )
    libraries: str | None = key(
        "The list of libraries to install: NAME of libraries/NAME.txt beside project.yaml. Default: none.",
        allowed="the name of a file of the project's libraries/, without .txt",
        default=None,
    )
    generation: int = key(
        "A larger number makes a new cluster at the next deploy. Default 1.",
        allowed="a whole number, 1 or more",
        default=1,
        ge=1,
    )
    certificate_s3: str | None = key(
        "The zip of PEM files with which nodes encrypt what they send. Default: none, so nodes send unencrypted.",
        allowed="an address such as s3://bucket/certificates.zip",
        default=None,
    )
