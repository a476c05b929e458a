"""`mlproject guard`: decide whether a project may be deployed, and record its changes for an approval."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.guard import GuardReport
    from mlproject.cli.common.plan import Plan
    from mlproject.deployment import Approval

STOPPED = 1


def register(app: typer.Typer) -> None:
    """Add the command `guard`."""
    app.command("guard")(guard)


def guard(
    project: ProjectArgument,
    environment: EnvironmentOption,
    record: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Write the changes and their hash to this JSON file, for `mlproject deploy --approved`.",
        ),
    ] = None,
    comment: Annotated[
        bool,
        typer.Option(
            "--comment",
            help="Write the changes and their hash to a note of the merge request that brought the commit, if "
            "MLPROJECT_GITLAB_TOKEN is set.",
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON object: allowed, hash, stacks, judgements, refusals, unused_entries."
        ),
    ] = False,
) -> None:
    """Decide whether a project may be deployed: what would be replaced, deleted, left behind or stopped, and a verdict.

    Does the same as `mlproject diff`, and decides: changes that lose data or work stop the deployment, unless the
    project's `allow_replacement` names the resource. Deploys nothing. Exit code 1 if the deployment must not happen.
    """
    from mlproject.cli.common.cdk import create_cdk_cli, synthesized
    from mlproject.cli.common.context import open_deployment_and_projects
    from mlproject.cli.common.guard import judge_plan, print_guard
    from mlproject.cli.common.plan import plan_deployment
    from mlproject.files import write_atomically

    try:
        root, deployment, projects, session = open_deployment_and_projects(project, environment)
    except UserError as error:
        _report_removed_project(project, environment, error, as_json=as_json)
        raise
    with synthesized(create_cdk_cli(deployment, session, root), deployment, validate=False) as assembly:
        plan = plan_deployment(assembly, deployment, session)
    report = judge_plan(plan, deployment, projects=projects, root=root)
    if record:
        write_atomically(record, report.approval.to_json())
    if comment:
        _publish(report.approval)
    if as_json:
        print(json.dumps(_document(plan, report), indent=2))
    else:
        print_guard(plan, report, deployment)
        print(f"Hash of the changes: {report.approval.hash}")
        print(
            f"The deployment of {project} in {environment} {'is allowed' if report.is_allowed else 'must not happen'}."
        )
    if not report.is_allowed:
        raise typer.Exit(STOPPED)


def _publish(approval: Approval) -> None:
    """Write the note. A deployment to production does not wait for it: what it compares with is the recorded file."""
    from mlproject.deployment import render_approval
    from mlproject.gitlab import find_merge_request, publish_note

    path = f"{approval.target['project']}/{approval.target['environment']}"
    try:
        merge_request = find_merge_request(os.environ)
        if merge_request is None:
            print(
                "No note is written: MLPROJECT_GITLAB_TOKEN is not set, or no merge request contains the commit.",
                file=sys.stderr,
            )
            return
        text = render_approval(approval, url=os.environ.get("CI_JOB_URL", ""))
        action = publish_note(merge_request, text, marker=f"<!-- mlproject guard {path} -->")
    except UserError as error:
        print(f"warning: {error}", file=sys.stderr)
        return
    print(f"The note of merge request !{merge_request.number} was {action}.", file=sys.stderr)


def _document(plan: Plan, report: GuardReport) -> dict[str, object]:
    return {
        "allowed": report.is_allowed,
        "needs_confirmation": report.needs_confirmation,
        "hash": report.approval.hash,
        "stacks": [
            {"path": stack.path, "is_new": stack.is_new, "changes": len(stack.changes)} for stack in plan.stacks
        ],
        "judgements": [dataclasses.asdict(each) for each in report.judgements],
        "refusals": report.refusals,
        "unused_entries": report.unused_entries,
    }


def _report_removed_project(project: str, environment: str, error: UserError, *, as_json: bool) -> None:
    """Report a project that the repository does not contain in the environment, but that is deployed there.

    Raises:
        Exit: it is deployed. Otherwise, the name is wrong, and the caller raises the error.
    """
    from mlproject.cli.common.context import open_environment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import judge_removed_projects, list_projects

    try:
        _, projects, session = open_environment(environment)
    except UserError:
        # The name of the project, or its parameters, are the first thing to fix.
        raise error from None
    if project in projects:
        raise error
    with reporting_aws_errors(f"listing the stacks of {environment}"):
        deployed = list_projects(session.client, environment=environment)
    found = [
        each
        for each in judge_removed_projects(deployed, projects, project=project, environment=environment)
        if each.name == project
    ]
    if not found:
        return
    if as_json:
        judgements = [dataclasses.asdict(each) for each in found]
        print(json.dumps({"allowed": False, "judgements": judgements, "refusals": [str(error)]}, indent=2))
    else:
        for each in found:
            print(f"{each.description}: {each.reason}.")
    raise typer.Exit(STOPPED)
