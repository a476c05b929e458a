"""The decision to deploy: by the verdicts of the guard, an approval, an override, or the user's confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError
from mlproject.translation import Message, counted, translated

if TYPE_CHECKING:
    from mlproject.cli.common.guard import GuardReport
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment


def require_reason(override: str | None) -> None:
    """Verify that the reason of an override, if there is one, can be recorded."""
    from mlproject.parameters.input_models import constraints

    if override is not None and not constraints.matches(constraints.REASON, override):
        raise UserError(Message("--override: the reason must be non-empty text in one line of at most 300 characters."))


def require_decision(report: GuardReport, *, approved: str | None, override: str | None, yes: bool) -> None:
    """Verify that the deployment may happen, and ask for a confirmation if necessary.

    Args:
        report: the verdicts.
        approved: the path or the hash of an approval; None if there is none.
        override: the reason to override the verdicts; None to obey them.
        yes: whether `--yes` is set.

    Raises:
        UserError: it may not, or the user declines.
    """
    from mlproject.cli.common.prompts import confirm
    from mlproject.deployment import require_approval

    if approved is not None:
        require_approval(approved, report.approval)
    if override is None:
        _require_allowed(report)
    if report.needs_confirmation:
        is_confirmed = yes or approved is not None or override is not None
        confirm(Message("Deploy anyway?"), yes=is_confirmed, declined=Message("nothing was deployed"))


def _require_allowed(report: GuardReport) -> None:
    """Verify that no consequence stops the deployment.

    Raises:
        UserError: a consequence stops the deployment.
    """

    if report.stopping:
        raise UserError(
            Message(
                "{changes} above must not be deployed, so nothing was deployed. Undo it, add it to "
                "allow_replacement, or give a reason with --override REASON, which is recorded.",
                changes=counted(len(report.stopping), "{number:,} change", "{number:,} changes"),
            ),
            exit_code=1,
            topic="guard-data-loss",
        )


def write_override(reason: str, report: GuardReport, deployment: Deployment, session: Session, root: Path) -> None:
    """Write the reason of an override to an SSM parameter, before anything is deployed."""
    from mlproject.cli.common.commit import read_commit
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import Override, record_override

    parameter = deployment.names.parameter("guard-override")
    with read_commit(root) as commit, reporting_aws_errors(f"recording the override in {parameter}"):
        override = Override(
            reason=reason,
            commit=commit(),
            approval=report.approval.hash,
            resources=tuple(each.resource for each in report.stopping),
        )
        record_override(override, session.client, parameter=parameter)
    print(translated("The override is recorded in the SSM parameter {parameter}.", parameter=parameter))
