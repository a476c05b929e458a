"""Review a change: synthesize what it affects, and compare it with the deployed stacks or the target branch."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlproject.cli.common.deployed_templates import read_deployed_templates
from mlproject.cli.common.synthesis import select_affected, synthesize, synthesize_commit
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.aws_rules.prices import PriceTable
    from mlproject.cli.common.affected import Change
    from mlproject.deployment import SynthesizedStack
    from mlproject.parameters import Platform
    from mlproject.review import Review

Templates = Mapping[str, Mapping[str, Any]]


class Comparison(StrEnum):
    """What a change is compared with."""

    AUTO = "auto"
    DEPLOYED = "deployed"
    TARGET = "target"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The deployed stacks of an environment.

    Args:
        templates: templates by path; None if they cannot be read.
        reason: why they cannot be read.
    """

    templates: Templates | None
    reason: str = ""


def review_change(change: Change, *, comparison: Comparison) -> tuple[Review, ...]:
    """Return the reviews of the affected projects and environments, in the order of the parameters.

    Args:
        change: the change.
        comparison: what to compare with. `auto` uses the deployed stacks of each environment that can be read.

    Raises:
        UserError: the app fails, or the deployed stacks are required and cannot be read.
    """
    affected = change.affected
    listed = dict.fromkeys([*(each.environment.name for each in affected.deployments), *affected.networks])
    names = [name for name in change.after.environments if name in listed]
    deployed = {name: _deployed(change, name, comparison) for name in names}
    needs_base = any(each.templates is None for each in deployed.values())
    if needs_base and change.base and change.before is None:
        raise UserError(
            f"The parameters of the merge base {change.base[:12]} are invalid for the current code, so it cannot be "
            "compared. Use credentials that may read the deployed stacks, or fix the target branch first.",
            exit_code=1,
        )
    with ExitStack() as stack:
        build = change.root / "build"
        build.mkdir(exist_ok=True)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="review-", dir=build)))
        with ThreadPoolExecutor(2) as pool:
            after = pool.submit(synthesize, change.root, folder / "after", select_affected(affected, change.after))
            before = pool.submit(_base_templates, change, folder / "before") if needs_base else None
            stacks, base = after.result(), before.result() if before else {}
    return tuple(_reviews(change, stacks, base, deployed))


def _deployed(change: Change, name: str, comparison: Comparison) -> Deployed:
    if comparison is Comparison.TARGET:
        return Deployed(templates=None)
    try:
        return Deployed(templates=read_deployed_templates(change.after.environments[name], change.root))
    except UserError as error:
        if comparison is Comparison.DEPLOYED:
            raise
        return Deployed(templates=None, reason=str(error).rstrip("."))


def _base_templates(change: Change, folder: Path) -> Templates:
    if change.base is None or change.before is None:
        return {}  # everything is new
    selections = select_affected(change.affected, change.before)
    return _parsed(synthesize_commit(change.root, change.base, folder, selections))


def _parsed(stacks: Mapping[str, SynthesizedStack]) -> dict[str, Mapping[str, Any]]:
    return {path: json.loads(stack.template) for path, stack in stacks.items()}


def _reviews(
    change: Change, stacks: Mapping[str, SynthesizedStack], base: Templates, deployed: Mapping[str, Deployed]
) -> list[Review]:
    from mlproject.files import project_root
    from mlproject.price_list import read_prices
    from mlproject.review import Baseline, compare_stacks

    after = _parsed(stacks)
    prices = read_prices(project_root())
    reviews = []
    for path, environment in _paths(change).items():
        found = deployed[environment]
        baseline = (
            Baseline(name="target branch", reason=found.reason, templates=base)
            if found.templates is None
            else Baseline(name="deployed stacks", templates=found.templates)
        )
        review = compare_stacks(
            path,
            before=baseline,
            after=after,
            region=change.after.environments[environment].region,
            refusals=_refusals(path, stacks),
            cost_before=_idle_cost(change.before, path, prices) if change.before else None,
            cost_after=_idle_cost(change.after, path, prices),
        )
        # The network of an environment is of interest only if it changes.
        if path != environment or environment in change.affected.environments or not review.is_empty:
            reviews.append(review)
    return reviews


def _paths(change: Change) -> dict[str, str]:
    """Return the paths to review, with their environments: a network, then the projects in it."""
    affected = change.affected
    found = {}
    for name in change.after.environments:
        deployments = [each for each in affected.deployments if each.environment.name == name]
        if deployments or name in affected.networks:
            found[name] = name
        found |= {each.names.path: name for each in deployments}
    return found


def _refusals(path: str, stacks: Mapping[str, SynthesizedStack]) -> tuple[str, ...]:
    return tuple(
        f"{stack.path}: {stack.refusal}"
        for stack in stacks.values()
        if stack.refusal and stack.path.rpartition("/")[0] == path
    )


def _idle_cost(platform: Platform, path: str, prices: PriceTable) -> Decimal | None:
    """Return the idle cost per month of a project or a network, in USD.

    It is 0 if the platform does not contain it, and None if it is unknown.
    """
    from mlproject.costs import idle_costs, monthly, network_costs

    name, _, project = path.partition("/")
    if name not in platform.environments:
        return Decimal(0)
    if project in platform.invalid_projects:
        return None
    deployments = platform.deployments(environment=name)
    if not project:
        return monthly(network_costs(platform.environments[name], deployments, prices))
    return monthly(line for each in deployments if each.project == project for line in idle_costs(each, prices))
