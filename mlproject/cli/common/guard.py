"""The verdict on a planned deployment, which `guard` prints and `deploy` obeys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.cli.common.plan import Plan, deployment_warnings, print_stacks
from mlproject.deployment import Approval, Judgement, Verdict
from mlproject.translation import translated

if TYPE_CHECKING:
    from mlproject.parameters import AllowedReplacement, Deployment


@dataclass(frozen=True, kw_only=True)
class GuardReport:
    """The consequences of a deployment with their verdicts.

    Args:
        judgements: the consequences with their verdicts.
        refusals: reasons for which a stack cannot be deployed, one sentence each.
        unused_entries: entries of `allow_replacement` that are expired or unnecessary, one sentence each.
        approval: the changes, for the comparison with an approval.
    """

    judgements: tuple[Judgement, ...]
    refusals: tuple[str, ...]
    unused_entries: tuple[str, ...]
    approval: Approval

    @property
    def stopping(self) -> tuple[Judgement, ...]:
        """The consequences that stop the deployment."""
        return tuple(each for each in self.judgements if each.verdict is Verdict.STOPS)

    @property
    def is_allowed(self) -> bool:
        """Whether the deployment may happen, possibly after a confirmation."""
        return not self.stopping and not self.refusals

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person must confirm the deployment."""
        return any(each.verdict is Verdict.CONFIRM for each in self.judgements)


def judge_plan(plan: Plan, deployment: Deployment, *, projects: Collection[str], root: Path) -> GuardReport:
    """Judge a planned deployment.

    Args:
        plan: the planned changes.
        deployment: the project in the environment.
        projects: names of the projects in the environment.
        root: the checkout.
    """
    from mlproject.deployment import (
        create_approval,
        judge_account,
        judge_consequences,
        judge_obsolete_stacks,
        judge_removed_projects,
    )
    from mlproject.parameters import read_lock

    names = deployment.names
    judgements = (
        *judge_consequences(
            plan.consequences,
            plan.stacks,
            deployment.allow_replacement,
            protected_clusters=plan.protected_clusters,
        ),
        *judge_account(deployment, read_lock(root).get(names.environment)),
        *judge_obsolete_stacks(plan.obsolete, environment=names.environment),
        *judge_removed_projects(plan.deployed, projects, project=names.project, environment=names.environment),
    )
    refusals = [
        f"{stack.path} cannot be deployed: {stack.refusal}"
        for stack in plan.stacks
        if stack.refusal and stack.path.startswith(f"{names.path}/")
    ]
    return GuardReport(
        judgements=judgements,
        refusals=(*deployment_warnings(root, deployment), *refusals),
        unused_entries=_unused_entries(deployment.allow_replacement, judgements, plan),
        approval=create_approval(
            plan.stacks,
            target={
                "project": names.project,
                "environment": names.environment,
                "account": names.account,
                "region": names.region,
            },
        ),
    )


def _unused_entries(
    entries: tuple[AllowedReplacement, ...], judgements: tuple[Judgement, ...], plan: Plan
) -> tuple[str, ...]:
    """Return a sentence for each entry that permits nothing."""
    used = {
        (name, each.deployed_state)
        for each in judgements
        if each.verdict is Verdict.PERMITTED
        for name in (each.resource, each.name, each.name.rpartition("/")[2])
    }
    states = {stack.deployed_state for stack in plan.stacks}
    return tuple(
        f"allow_replacement: the entry for {entry.resource} "
        + (
            "is unnecessary, since nothing replaces, deletes or leaves it behind. Remove it."
            if entry.deployed_state in states
            else f"has expired: the state {entry.deployed_state} is no longer deployed. Remove it."
        )
        for entry in entries
        if (entry.resource, entry.deployed_state) not in used
    )


def print_guard(plan: Plan, report: GuardReport, deployment: Deployment) -> None:
    """Print one line per stack, then each consequence with its verdict, and how to allow what is stopped."""
    print_stacks(plan)
    if report.judgements:
        print(translated("The deployment affects resources in use:"))
        for each in report.judgements:
            print(f"  {each.description}")
            print(f"    {each.verdict}: {each.reason}")
    else:
        print(translated("No existing resource is stopped, replaced or deleted."))
    for sentence in (*report.refusals, *report.unused_entries):
        print(sentence)
    permittable = [each for each in report.stopping if each.can_be_permitted]
    if permittable:
        print(
            translated(
                "To allow this once, review it and add to projects/{project}/project.yaml:", project=deployment.project
            )
        )
        print(f"  environments:\n    {deployment.environment.name}:\n      allow_replacement:")
        for each in permittable:
            print(f'        - {{resource: "{each.resource}", reason: "...", deployed_state: "{each.deployed_state}"}}')
