"""What a step may not do: by the guard that refused a call of its session, or by what was asked before it started."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# Stop what is not allowed, or let it through and list it all at the end.
Permissions = Literal["enforce", "report"]
PERMISSIONS: tuple[Permissions, ...] = ("enforce", "report")
# More of them say nothing more: whoever sees them asks for the whole list.
_QUOTED = 5


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A permission that a step lacks.

    Args:
        step: whose.
        principal: the ARN of the role's session.
        action: such as `s3:GetObject`.
        resource: its ARN, or `*`.
        reason: in AWS's words.
    """

    step: str
    principal: str
    action: str
    resource: str
    reason: str

    @property
    def message(self) -> str:
        """The sentence that AWS answers."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} on resource: {self.resource} "
            f"{self.reason}"
        )


def session_of(role_arn: str) -> str:
    """The ARN of SageMaker's session of a role: `...:assumed-role/<name>/sagemaker`."""
    _, partition, _, _, account, resource = role_arn.split(":", 5)
    return f"arn:{partition}:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/sagemaker"


def quoted(missing: Iterable[Missing]) -> str:
    """The first refusals, a line each."""
    messages = list(dict.fromkeys(each.message for each in missing))
    rest = len(messages) - _QUOTED
    more = [f"and {rest} more; `mlproject run --permissions report` lists them all"] if rest > 0 else []
    return "".join(f"\n  {line}" for line in [*messages[:_QUOTED], *more])
