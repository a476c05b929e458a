"""`mlproject check`: validate environments.yaml, every project.yaml and every pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.translation import Message, counted, translated

if TYPE_CHECKING:
    from mlproject.parameters import Deployment, Finding, Platform

INVALID = 2


def register(app: typer.Typer) -> None:
    app.command(name="check")(check)


def check(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: ok, notes, findings, deployments.")
    ] = False,
    code_quality: Annotated[
        Path | None,
        typer.Option(
            "--codequality", metavar="FILE", help="Also write the errors as a GitLab code quality report; [] if none."
        ),
    ] = None,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Only update schemas/*.schema.json, which editors use.")
    ] = False,
) -> None:
    """Validate environments.yaml, projects/*/project.yaml and pipelines/*, and report every error at once.

    For a pipeline, check that its definition is up to date, that AWS accepts it with each project's parameters, and
    that its scripts run in their images. Exit code 0 if there are no errors, 2 if there are errors: one line each,
    with file, line, key and the allowed values.
    """
    from datetime import UTC, datetime

    from mlproject.cli.common.validation import validate_checkout
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import ParametersError

    root = project_root()
    if write_schemas:
        from mlproject.parameters.input_models.schema import render

        for path, text in render().items():
            write_atomically(root / path, text)
            print(path)
        return
    validation = validate_checkout(root, now=datetime.now(UTC))
    error = ParametersError(validation.findings) if validation.findings else None
    if code_quality:
        write_atomically(code_quality, _code_quality(error.findings if error else ()))
    if as_json:
        deployments = validation.platform.deployments() if validation.platform and not error else ()
        _print_json(findings=error.findings if error else (), deployments=deployments, notes=validation.notes)
    elif error:
        raise error
    elif validation.platform:
        print("\n".join([_summary(validation.platform), *map(translated, validation.notes)]))
    if error:
        raise typer.Exit(INVALID)


def _code_quality(findings: Sequence[Finding]) -> str:
    import json

    from mlproject.gitlab import code_quality_report

    return json.dumps(code_quality_report(findings), indent=2) + "\n"


def _summary(platform: Platform) -> str:
    """A table of the projects and their environments."""
    deployments = platform.deployments()
    headings = (Message("project"), Message("environment"), Message("account"), Message("region"), Message("network"))
    rows = [tuple(map(translated, headings))]
    rows += [
        (
            each.project,
            each.environment.name,
            each.environment.account,
            each.environment.region,
            translated(_network(each)),
        )
        for each in deployments
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    projects, environments = len(platform.projects), len(platform.environments)
    title = translated(
        "OK: {projects}, {environments}.",
        projects=counted(projects, "{number:,} project", "{number:,} projects"),
        environments=counted(environments, "{number:,} environment", "{number:,} environments"),
    )
    return "\n".join([title, *(lines if deployments else ()), *_networks(platform)])


def _networks(platform: Platform) -> Iterator[str]:
    """What each environment's network stack provides for which projects."""
    from mlproject.aws_rules.network_requirements import combined_requirements, deployment_requirements

    for name, environment in platform.environments.items():
        deployments = platform.deployments(environment=name)
        if not environment.has_network_stack:
            continue
        provided = []
        for parameter in combined_requirements(deployments).parameters:
            projects = [each.project for each in deployments if parameter in deployment_requirements(each).parameters]
            provided.append(translated("{parameter} for {projects}", parameter=parameter, projects=", ".join(projects)))
        if provided:
            yield translated("{environment}/network provides {parts}.", environment=name, parts="; ".join(provided))


def _network(deployment: Deployment) -> Message:
    from mlproject.parameters import NewNetwork

    network = deployment.environment.network
    if isinstance(network, NewNetwork):
        return Message("new {cidr}", cidr=network.cidr)
    return Message("imported {vpc}", vpc=network.vpc_id)


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
