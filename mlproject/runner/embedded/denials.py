"""Permissions that a step lacks, found when a call is denied or when they are checked before the step starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# Deny calls without permission, or allow them and report the missing permissions at the end.
Permissions = Literal["enforce", "report"]
PERMISSIONS: tuple[Permissions, ...] = ("enforce", "report")
# The number of denials in a message. `--permissions report` lists all.
_QUOTED = 5


@dataclass(frozen=True, kw_only=True)
class MissingPermission:
    """A permission that a step lacks.

    Args:
        step: the step's name.
        principal: the ARN of the role session.
        action: such as `s3:GetObject`.
        resource: the ARN of the resource, or `*`.
        reason: the reason in the wording of AWS.
    """

    step: str
    principal: str
    action: str
    resource: str
    reason: str

    @property
    def message(self) -> str:
        """The error message of AWS."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} on resource: {self.resource} "
            f"{self.reason}"
        )


def session_arn(role_arn: str) -> str:
    """Return the ARN of SageMaker's session of a role: `...:assumed-role/<name>/sagemaker`."""
    _, partition, _, _, account, resource = role_arn.split(":", 5)
    return f"arn:{partition}:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/sagemaker"


def format_denials(missing: Iterable[MissingPermission]) -> str:
    """Format the first denials, one per line."""
    messages = list(dict.fromkeys(each.message for each in missing))
    rest = len(messages) - _QUOTED
    more = [f"and {rest} more. List them all with `mlproject run --permissions report`"] if rest > 0 else []
    return "".join(f"\n  {line}" for line in [*messages[:_QUOTED], *more])
