"""`mlproject diff`: show how a deployment of a project would affect resources in use."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument


def register(app: typer.Typer) -> None:
    """Add the command `diff`."""
    app.command("diff")(diff)


def diff(
    project: ProjectArgument,
    environment: EnvironmentOption,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: stacks, consequences, obsolete, warnings.")
    ] = False,
) -> None:
    """Show what a deployment would stop, replace, delete or leave behind, from CloudFormation's change sets.

    Synthesizes the project's stacks and the environment's network and compares them with the deployed stacks.
    Deploys nothing. `cdk diff` shows every property that changes.
    """
    from mlproject.cli.common.cdk import create_cdk_cli, synthesized
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.plan import deployment_warnings, plan_deployment, print_plan

    root, deployment, session = open_deployment(project, environment)
    with synthesized(create_cdk_cli(deployment, session, root), deployment, validate=False) as assembly:
        plan = plan_deployment(assembly, deployment, session)
    warnings = deployment_warnings(root, deployment)
    if as_json:
        document = {
            "stacks": [
                {"path": stack.path, "is_new": stack.is_new, "changes": len(stack.changes)} for stack in plan.stacks
            ],
            "consequences": [dataclasses.asdict(each) for each in plan.consequences],
            "obsolete": [stack.name for stack in plan.obsolete],
            "warnings": warnings,
        }
        print(json.dumps(document, indent=2))
        return
    for sentence in warnings:
        print(f"Warning: {sentence}")
    print_plan(plan, environment=environment)
