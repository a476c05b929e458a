"""`mlproject drift`: compare what is deployed with the commit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument

if TYPE_CHECKING:
    from mlproject.deployment import StackDrift


def register(app: typer.Typer) -> None:
    """Add the command `drift`."""
    app.command("drift")(drift)


def drift(
    project: ProjectArgument,
    environment: EnvironmentOption,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: ok, commit, deployed_commit, stacks.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Also write a JUnit report with a test case per stack.")] = None,
) -> None:
    """Find what differs from the commit: templates that were deployed from another one, and resources changed by hand.

    Synthesizes the project's stacks and the environment's network, compares them with the deployed templates, and
    lets CloudFormation compare the live resources with the templates. Changes nothing. Exit code 0 if nothing
    differs, 1 if something does.
    """
    from mlproject.cli.common.cdk import create_cdk_cli, synthesized
    from mlproject.cli.common.commit import read_commit
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import detect_drift, read_deployed_commit, read_stacks
    from mlproject.files import write_atomically

    root, deployment, session = open_deployment(project, environment)
    with read_commit(root) as wait_for_commit:
        with synthesized(create_cdk_cli(deployment, session, root), deployment, validate=False) as assembly:
            stacks = read_stacks(assembly)
        with reporting_aws_errors(f"comparing {deployment.names.prefix} with the commit"):
            found = detect_drift(stacks, session.client)
            deployed_commit = read_deployed_commit(session.client, project=project, environment=environment)
        commit = wait_for_commit()
    has_drifted = any(each.has_drifted for each in found)
    if junit:
        write_atomically(junit, _junit(found, project=project, environment=environment))
    if as_json:
        document = {
            "ok": not has_drifted,
            "commit": commit,
            "deployed_commit": deployed_commit,
            "stacks": [dataclasses.asdict(each) for each in found],
        }
        print(json.dumps(document, indent=2))
    else:
        _show(found)
        if deployed_commit != commit and any(each.template for each in found):
            print(
                f"Deployed is the commit {deployed_commit or 'unknown'}, and this checkout is {commit}. To look only "
                "for changes made by hand, check out the deployed commit."
            )
    raise typer.Exit(1 if has_drifted else 0)


def _show(found: Sequence[StackDrift]) -> None:
    for each in found:
        state = "has drifted" if each.has_drifted else "no drift"
        note = f" ({len(each.not_checked)} resources not checked)" if each.not_checked else ""
        print(f"{each.stack}: {each.error or state}{note}")
        for sentence in (*each.template, *each.live):
            print(f"  {sentence}")


def _junit(found: Sequence[StackDrift], *, project: str, environment: str) -> str:
    """Return a report in the format that GitLab reads: https://docs.gitlab.com/ci/testing/unit_test_reports/."""
    from xml.etree import ElementTree

    failed = sum(each.has_drifted for each in found)
    suite = ElementTree.Element(
        "testsuite", name=f"drift of {project} in {environment}", tests=str(len(found)), failures=str(failed)
    )
    for each in found:
        case = ElementTree.SubElement(suite, "testcase", classname=f"drift.{environment}.{project}", name=each.stack)
        sentences = [each.error] * bool(each.error) + [*each.template, *each.live]
        if sentences:
            failure = ElementTree.SubElement(case, "failure", message=sentences[0])
            failure.text = "\n".join(sentences)
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"
