"""The dependency graph of a pipeline, reduced to the dependencies that no others imply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlproject.errors import UserError
from mlproject.report.model import StepReport


def find_condition(step: StepReport) -> tuple[str, str] | None:
    """Return the branch ("if" or "else") and the condition's name of a step; None outside branches."""
    if step.branch is None:
        return None
    branch, _, condition = step.branch.partition(" ")
    return branch, condition


def reduce_dependencies(steps: Sequence[StepReport]) -> dict[str, tuple[str, ...]]:
    """Return the transitive reduction of the steps' dependencies, in topological order.

    Raises:
        UserError: a step depends on one that does not exist, or the dependencies contain a cycle.
    """
    dependencies = {step.name: set(step.depends_on) for step in steps}
    for step in steps:
        branch = find_condition(step)
        if branch:
            dependencies[step.name].add(branch[1])
    for name, needed in dependencies.items():
        for missing in sorted(needed - dependencies.keys()):
            raise UserError(f"The step {name} depends on {missing}, which the pipeline does not contain.")
    order = _sort_topologically(dependencies)
    ancestors: dict[str, set[str]] = {}
    for name in order:
        ancestors[name] = dependencies[name].union(*(ancestors[parent] for parent in dependencies[name]))
    position = {name: index for index, name in enumerate(order)}
    return {
        name: tuple(
            sorted(
                (
                    parent
                    for parent in dependencies[name]
                    if not any(parent in ancestors[other] for other in dependencies[name])
                ),
                key=position.__getitem__,
            )
        )
        for name in order
    }


def _sort_topologically(dependencies: Mapping[str, set[str]]) -> list[str]:
    """Return the steps in topological order; independent steps keep their order."""
    remaining, order = dict(dependencies), list[str]()
    while remaining:
        ready = next((name for name, needed in remaining.items() if needed.isdisjoint(remaining)), None)
        if ready is None:
            raise UserError(f"The dependencies of the pipeline's steps contain a cycle: {', '.join(remaining)}.")
        order.append(ready)
        del remaining[ready]
    return order
