"""One question that a call puts to IAM; most calls put one, some several."""

from __future__ import annotations

from dataclasses import dataclass, field

from embedded_aws.iam.context import Context


@dataclass(frozen=True, kw_only=True)
class PermissionCheck:
    """An action on a resource.

    Args:
        action: such as `s3:GetObject`.
        resource: its ARN, `*`, or None where nobody knows it here.
        context: the condition keys of this action, beside those of every request.
        partial: the object of a batch that this decides alone, instead of the whole call.
    """

    action: str
    resource: str | None
    context: Context = field(default_factory=Context)
    partial: str | None = None
