"""The pipeline's graph: which step waits for which, without the arrows that others imply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlproject.errors import UserError
from mlproject.report.model import StepReport


def condition_of(step: StepReport) -> tuple[str, str] | None:
    """("if" or "else", name of the condition) of a step in a branch."""
    if step.branch is None:
        return None
    way, _, condition = step.branch.partition(" ")
    return way, condition


def parents(steps: Sequence[StepReport]) -> dict[str, tuple[str, ...]]:
    """The steps that each waits for, without those that another arrow implies; in an order that runs.

    Raises:
        UserError: a step waits for one that does not exist, or for itself in a circle.
    """
    wanted = {step.name: set(step.depends_on) for step in steps}
    for step in steps:
        branch = condition_of(step)
        if branch:
            wanted[step.name].add(branch[1])
    for name, needed in wanted.items():
        for missing in sorted(needed - wanted.keys()):
            raise UserError(f"The pipeline's step {name} waits for {missing}, which the pipeline does not have.")
    order = _sorted(wanted)
    ancestors: dict[str, set[str]] = {}
    for name in order:
        ancestors[name] = wanted[name].union(*(ancestors[parent] for parent in wanted[name]))
    position = {name: index for index, name in enumerate(order)}
    return {
        name: tuple(
            sorted(
                (one for one in wanted[name] if not any(one in ancestors[other] for other in wanted[name])),
                key=position.__getitem__,
            )
        )
        for name in order
    }


def _sorted(wanted: Mapping[str, set[str]]) -> list[str]:
    """Every step after those it waits for; otherwise the given order stays."""
    remaining, order = dict(wanted), list[str]()
    while remaining:
        ready = next((name for name, needed in remaining.items() if needed.isdisjoint(remaining)), None)
        if ready is None:
            raise UserError(f"The pipeline's steps wait for each other in a circle: {', '.join(remaining)}.")
        order.append(ready)
        del remaining[ready]
    return order
