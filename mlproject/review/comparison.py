"""Compare the stacks of a project in an environment, or those of an environment's network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from mlproject.review.definitions import StepChange, compare_definitions
from mlproject.review.permissions import PermissionChange, compare_permissions
from mlproject.review.resources import ResourceChange, compare_resources
from mlproject.review.statements import Template


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The stacks that a change is compared with.

    Args:
        name: `deployed stacks` or `target branch`.
        reason: why the deployed stacks are not compared; empty if they are.
        templates: templates by the path of their stack.
    """

    name: str
    reason: str = ""
    templates: Mapping[str, Template]


@dataclass(frozen=True, kw_only=True)
class Review:
    """The differences that a change makes to a project in an environment, or to an environment's network.

    Args:
        path: path of the stacks, such as `dev/flights`, or `dev` for the network.
        compared_with: what the change is compared with, and why.
        resources: the changed resources, the most severe action first.
        steps: the changed steps and parameters of the pipeline.
        permissions: the changed permissions, the widened ones first.
        obsolete_stacks: paths of the stacks that the change no longer contains. They stay deployed.
        refusals: the errors because of which stacks are not deployed.
        cost_before: idle cost per month in USD before the change; None if it is unknown.
        cost_after: idle cost per month in USD after the change; None if it is unknown.
    """

    path: str
    compared_with: Baseline
    resources: tuple[ResourceChange, ...]
    steps: tuple[StepChange, ...]
    permissions: tuple[PermissionChange, ...]
    obsolete_stacks: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    cost_before: Decimal | None
    cost_after: Decimal | None

    @property
    def is_empty(self) -> bool:
        """Whether a deployment changes nothing."""
        return not (
            self.resources
            or self.steps
            or self.permissions
            or self.obsolete_stacks
            or self.refusals
            or self.cost_before != self.cost_after
        )


def compare_stacks(
    path: str,
    *,
    before: Baseline,
    after: Mapping[str, Template],
    region: str,
    refusals: tuple[str, ...] = (),
    cost_before: Decimal | None,
    cost_after: Decimal | None,
) -> Review:
    """Compare all stacks below a path.

    Args:
        path: such as `dev/flights`; the stacks are `dev/flights/storage`, `dev/flights/pipeline` and so on.
        before: the baseline; only its stacks below the path are compared.
        after: templates after the change, by the path of their stack.
        region: region of the stacks.
        refusals: errors because of which stacks are not deployed.
        cost_before: idle cost per month in USD before the change.
        cost_after: idle cost per month in USD after the change.
    """
    old, new = _below(path, before.templates), _below(path, after)
    remaining = {stack: template for stack, template in old.items() if stack in new}
    return Review(
        path=path,
        compared_with=before,
        resources=compare_resources(remaining, new, region=region),
        steps=compare_definitions(remaining, new),
        permissions=compare_permissions(remaining, new),
        obsolete_stacks=tuple(sorted(old.keys() - new.keys())),
        refusals=refusals,
        cost_before=cost_before,
        cost_after=cost_after,
    )


def _below(path: str, templates: Mapping[str, Template]) -> dict[str, Template]:
    return {stack: template for stack, template in templates.items() if stack.rpartition("/")[0] == path}
