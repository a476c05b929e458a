"""`mlproject check`: are environments.yaml, every project.yaml and every pipeline's folder right?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlproject.parameters import Deployment, Finding, Platform

REFUSED = 2


def register(app: typer.Typer) -> None:
    app.command(name="check")(check)


def check(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: ok, notes, findings, deployments.")
    ] = False,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Write schemas/*.schema.json anew, for editors; check nothing.")
    ] = False,
) -> None:
    """Check environments.yaml, projects/*/project.yaml and pipelines/*; print every mistake at once.

    Of a pipeline: whether its definition is what its sources build, whether AWS would take it with each project's
    parameters, and whether its scripts run in their images. Exit code 0 if all is right, 2 if there are mistakes: a
    line each, with file, line, key and what is allowed.
    """
    from datetime import UTC, datetime

    from mlproject.cli._checks import check_everything
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import ParametersError

    root = project_root()
    if write_schemas:
        from mlproject.parameters.input_models.schema import render

        for path, text in render().items():
            write_atomically(root / path, text)
            print(path)
        return
    checked = check_everything(root, now=datetime.now(UTC))
    error = ParametersError(checked.findings) if checked.findings else None
    if as_json:
        deployments = checked.platform.deployments() if checked.platform and not error else ()
        _print_json(findings=error.findings if error else (), deployments=deployments, notes=checked.notes)
    elif error:
        raise error
    elif checked.platform:
        print("\n".join([_report(checked.platform), *checked.notes]))
    if error:
        raise typer.Exit(REFUSED)


def _report(platform: Platform) -> str:
    """What is right, as a short table."""
    deployments = platform.deployments()
    rows = [("project", "environment", "account", "region", "network")]
    rows += [
        (each.project, each.environment.name, each.environment.account, each.environment.region, _network(each))
        for each in deployments
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    title = f"OK: {_count(len(platform.projects), 'project')}, {_count(len(platform.environments), 'environment')}."
    return "\n".join([title, *(lines if deployments else ()), *_networks(platform)])


def _networks(platform: Platform) -> Iterator[str]:
    """What the networks' stacks offer because some projects need it; each is deployed with such a project."""
    from mlproject.aws_rules.network_requirements import combined_requirements, deployment_requirements

    for name, environment in platform.environments.items():
        deployments = platform.deployments(environment=name)
        if not environment.has_network_stack:
            continue
        offered = []
        for parameter in combined_requirements(deployments).parameters:
            projects = [each.project for each in deployments if parameter in deployment_requirements(each).parameters]
            offered.append(f"{parameter} for {', '.join(projects)}")
        if offered:
            yield f"{name}/network offers {'; '.join(offered)}."


def _network(deployment: Deployment) -> str:
    from mlproject.parameters import NewNetwork

    network = deployment.environment.network
    if isinstance(network, NewNetwork):
        return f"new {network.cidr}"
    return f"imported {network.vpc_id}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _print_json(*, findings: Sequence[Finding], deployments: Sequence[Deployment], notes: Sequence[str]) -> None:
    import dataclasses
    import json

    document: dict[str, Any] = {
        "ok": not findings,
        "notes": list(notes),
        "findings": [dataclasses.asdict(finding) for finding in findings],
        "deployments": [
            {
                "project": each.project,
                "environment": each.environment.name,
                "account": each.environment.account,
                "region": each.environment.region,
                "network": _network(each),
            }
            for each in deployments
        ],
    }
    print(json.dumps(document, indent=2))
