"""The words for the outcome of a step and for the branch of a condition."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.report.model import StepReport, StepStatus
from mlproject.translation import Message, translated

_STATUSES: Mapping[StepStatus, Message] = {
    "Planned": Message("planned"),
    "Succeeded": Message("succeeded"),
    "Failed": Message("failed"),
    "Skipped": Message("skipped"),
    "Stopped": Message("stopped"),
}
_BRANCHES: Mapping[str, Message] = {"if": Message("yes"), "else": Message("no")}


def name_status(step: StepReport) -> Message:
    """Return the status of a step, such as "succeeded"."""
    return _STATUSES[step.status]


def name_outcome(step: StepReport) -> str:
    """Return the status of a step, and whether its outputs come from an earlier run."""
    status = translated(name_status(step))
    return translated("{status}, cached", status=status) if step.cached else status


def name_branch(branch: str) -> str:
    """Return "yes" for the branch "if" of a condition, "no" for "else"."""
    return translated(_BRANCHES.get(branch, branch))
