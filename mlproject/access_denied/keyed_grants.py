"""Grants with the keys of project.yaml that cause them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlproject.aws_rules.grants import Grant
from mlproject.aws_rules.partitions import partition_of
from mlproject.definition import Definition
from mlproject.parameters import Deployment

ANY = "*"
"""Replaces an ID that AWS assigns."""


def partition_in(deployment: Deployment) -> str:
    """Return the partition of the environment of a project, such as `aws`."""
    return partition_of(deployment.environment.region)


@dataclass(frozen=True, kw_only=True)
class KeyedGrant:
    """A grant, and the key that causes it.

    Args:
        key: a key of project.yaml, such as `existing_data.buckets`.
        grant: the grant.
        note: what else is necessary, such as a step of a certain type. Empty if nothing is.
    """

    key: str
    grant: Grant
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleContext:
    """What the grants of a role depend on besides the parameters.

    Args:
        definition: definition of the project's pipeline, or None if it has no pipeline.
        key_arn: ARN of the project's key, or None if it is not known.
    """

    definition: Definition | None = field(default=None, repr=False)
    key_arn: str | None = None

    def key(self, deployment: Deployment) -> str:
        """Return the ARN of the key, or a pattern for the keys of the account."""
        environment = deployment.environment
        partition = partition_in(deployment)
        return self.key_arn or f"arn:{partition}:kms:{environment.region}:{environment.account}:key/{ANY}"
