"""The plan of a deployment: what CloudFormation would change in a project's stacks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlproject.translation import Message, counted, translated

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.deployment import Consequence, DeployedStack, StackChanges
    from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a deployment would do.

    Args:
        stacks: the changes of each synthesized stack.
        consequences: the effects on resources in use.
        obsolete: the deployed stacks that the project's parameters no longer require. They stay, and may cost money.
        existing: all stacks of the account and region, as returned by DescribeStacks.
        deployed: the deployed stacks of each project in the environment.
        protected_clusters: ids of the clusters that the deployment would replace or delete, and that are protected
            against termination.
    """

    stacks: tuple[StackChanges, ...]
    consequences: tuple[Consequence, ...]
    obsolete: tuple[DeployedStack, ...]
    existing: tuple[Mapping[str, Any], ...]
    deployed: Mapping[str, tuple[DeployedStack, ...]]
    protected_clusters: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether everything is deployed already."""
        return all(stack.is_unchanged for stack in self.stacks)


def plan_deployment(assembly: Path, deployment: Deployment, session: Session) -> Plan:
    """Plan the deployment of a project's cloud assembly with CloudFormation's change sets."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import (
        group_by_project,
        list_consequences,
        list_dependent_replacements,
        plan_changes,
        read_stacks,
        wait_for_operations,
    )

    synthesized = read_stacks(assembly)
    environment = deployment.environment.name
    names = {stack.name for stack in synthesized}
    with reporting_aws_errors("planning the changes with CloudFormation"):
        existing = wait_for_operations(names, session.client, progress=_report_operation)
        changes = plan_changes(synthesized, session.client, region=session.region, existing=existing)
    deployed = group_by_project(existing, environment=environment)
    consequences = (*list_consequences(changes), *list_dependent_replacements(changes))
    return Plan(
        stacks=changes,
        consequences=consequences,
        obsolete=tuple(stack for stack in deployed.get(deployment.project, ()) if stack.name not in names),
        existing=existing,
        deployed=deployed,
        protected_clusters=_protected_clusters(consequences, session),
    )


def _protected_clusters(consequences: Iterable[Consequence], session: Session) -> frozenset[str]:
    """Return the ids of the protected ones among the clusters that would be terminated."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import is_protected_cluster
    from mlproject.deployment import clusters_to_terminate

    with reporting_aws_errors("reading the termination protection of the cluster"):
        return frozenset(
            cluster
            for cluster in clusters_to_terminate(consequences)
            if is_protected_cluster(session.client("emr"), cluster)
        )


def deployment_warnings(root: Path, deployment: Deployment) -> list[str]:
    """Reasons not to deploy a project, one sentence each: a stale definition, or a change of the deployed network."""
    from mlproject.definition import read_definition
    from mlproject.parameters import changed_networks

    environment = deployment.environment
    pipeline = deployment.pipeline
    stale = read_definition(root / "pipelines" / pipeline.folder).staleness() if pipeline else None
    changed = changed_networks(root, {environment.name: environment}).values()
    return [*([stale] if stale else []), *map(str, changed)]


def print_plan(plan: Plan, *, environment: str) -> None:
    """Print one line per stack, then what the deployment stops, replaces, deletes or leaves behind."""
    print_stacks(plan)
    if plan.consequences:
        print(translated("The deployment affects resources in use:"))
        for consequence in plan.consequences:
            print(f"  {consequence}")
    else:
        print(translated("No existing resource is stopped, replaced or deleted."))
    for obsolete in plan.obsolete:
        print(
            translated(
                "{stack} is deployed, but project.yaml no longer requires it. It stays, and may cost "
                "money. `mlproject destroy {project} --environment {environment} --stack {kind}` removes it.",
                stack=obsolete.name,
                project=obsolete.project,
                environment=environment,
                kind=obsolete.kind,
            )
        )


def print_stacks(plan: Plan) -> None:
    """Print one line per stack."""
    width = max((len(stack.path) for stack in plan.stacks), default=0)
    for stack in plan.stacks:
        print(f"  {stack.path:<{width}}  {translated(_summary(stack))}")


def _report_operation(stack: str, status: str) -> None:
    print(
        translated("{stack}: waiting for the end of an earlier operation ({status})", stack=stack, status=status),
        file=sys.stderr,
        flush=True,
    )


def _summary(stack: StackChanges) -> Message:
    if stack.refusal:
        return Message("not deployed: {refusal}", refusal=stack.refusal)
    if stack.is_new:
        return Message("new")
    if stack.is_unchanged:
        return Message("no changes")
    if not stack.changes:
        return Message("no resource changes")
    return counted(len(stack.changes), "{number:,} change", "{number:,} changes")
