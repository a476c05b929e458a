"""`mlproject diff`: what a deployment of a project would do to what is in use."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command `diff`."""
    app.command("diff")(diff)


def diff(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option("--environment", "-e", help="One of environments.yaml, such as dev.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: stacks, consequences, unasked, warnings.")
    ] = False,
) -> None:
    """Show what a deployment stops, replaces, deletes or leaves behind, by CloudFormation's own change sets.

    The project's stacks and the environment's network are synthesized and compared with what is deployed; nothing is
    deployed. `cdk diff` shows every property that changes.
    """
    from mlproject.cli._deployment import cdk_for, deployment_warnings, open_deployment, plan, show_plan, synthesized

    root, deployment, session = open_deployment(project, environment)
    with synthesized(cdk_for(deployment, session, root), deployment) as assembly:
        found = plan(assembly, deployment, session)
    warnings = deployment_warnings(root, deployment)
    if as_json:
        document = {
            "stacks": [
                {"path": stack.path, "is_new": stack.is_new, "changes": len(stack.changes)} for stack in found.stacks
            ],
            "consequences": [dataclasses.asdict(each) for each in found.consequences],
            "unasked": [stack.name for stack in found.unasked],
            "warnings": warnings,
        }
        print(json.dumps(document, indent=2))
        return
    for sentence in warnings:
        print(f"Warning: {sentence}")
    show_plan(found, environment=environment)
