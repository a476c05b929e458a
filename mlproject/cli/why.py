"""`mlproject why`: explain a message about a denied request."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlproject.access_denied import Denial, Explanation, ProjectRole, RoleContext, RoleTemplate
    from mlproject.parameters import Deployment, Platform


def register(app: typer.Typer) -> None:
    """Add the command `why`."""
    app.command("why")(why)


def why(
    *,
    message: Annotated[
        str | None, typer.Argument(help="The message, or a log that contains it (default: standard input).")
    ] = None,
    role: Annotated[str | None, typer.Option(help="The role, if the message does not name it.")] = None,
    action: Annotated[
        str | None, typer.Option(help="The action, such as s3:GetObject, if the message does not contain it.")
    ] = None,
    resource: Annotated[str | None, typer.Option(help="The ARN, if the message does not contain it.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not read the deployed template; use cdk.out if it exists.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: explanations.")] = False,
) -> None:
    """Explain an AccessDenied message of AWS or of the embedded AWS.

    Names the role with its project, environment and stack, evaluates the deployed template, and prints the missing
    statement and the key of project.yaml that would grant it, or why nothing should. Changes nothing.
    """
    from mlproject.access_denied import explain_incomplete, parse_denials
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    text = message if message is not None else sys.stdin.read()
    denials = [
        dataclasses.replace(
            denial,
            principal=role or denial.principal,
            action=action or denial.action,
            resource=resource or denial.resource,
        )
        for denial in parse_denials(text)
    ]
    root = project_root()
    platform = load_valid_parameters(root)
    documents = []
    for denial in dict.fromkeys(denials):
        if incomplete := explain_incomplete(denial):
            reason, remedy = incomplete
            documents.append({**_denied(denial), "verdict": "incomplete", "reason": reason, "remedy": remedy})
        else:
            documents.append(_as_document(_explain(denial, platform, root, offline=offline)))
    if as_json:
        print(json.dumps({"explanations": documents}, indent=2))
    else:
        print("\n\n".join(_as_text(document) for document in documents))


def _explain(denial: Denial, platform: Platform, root: Path, *, offline: bool) -> Explanation:
    from mlproject.access_denied import explain_denial, find_role
    from mlproject.cli.common.role_template import key_arn

    found = find_role(platform, denial.principal or "")
    template = _template(found, root, offline=offline)
    context = _context(found.deployment, root, key=key_arn(template))
    return explain_denial(denial, role=found, platform=platform, context=context, template=template)


def _context(deployment: Deployment, root: Path, *, key: str | None) -> RoleContext:
    from mlproject.access_denied import RoleContext
    from mlproject.cli.common.deployed_definition import read_deployed_definition

    return RoleContext(definition=read_deployed_definition(root, deployment), key_arn=key)


def _template(role: ProjectRole, root: Path, *, offline: bool) -> RoleTemplate | None:
    from mlproject.cli.common.role_template import read_deployed_template, read_synthesized_template
    from mlproject.errors import UserError

    if not offline:
        try:
            return read_deployed_template(role, root)
        except UserError as error:
            print(f"note: the deployed template is not evaluated: {str(error).rstrip('.')}.", file=sys.stderr)
    synthesized = read_synthesized_template(role, root)
    if synthesized is None:
        print("note: cdk.out has no template of the stack either; only the parameters are evaluated.", file=sys.stderr)
    return synthesized


def _denied(denial: Denial) -> dict[str, Any]:
    return {"principal": denial.principal, "action": denial.action, "resource": denial.resource}


def _as_document(explanation: Explanation) -> dict[str, Any]:
    role = explanation.role
    return {
        **_denied(explanation.denial),
        "role": role.name,
        "project": role.deployment.project,
        "environment": role.deployment.environment.name,
        "stack": role.stack_name,
        "logical_id": explanation.logical_id,
        "evaluated": explanation.origin,
        "granted_by": [dataclasses.asdict(match) for match in explanation.matches],
        "verdict": explanation.verdict.value,
        "reason": explanation.reason,
        "statement": explanation.statement,
        "key": explanation.key,
        "remedy": explanation.remedy,
    }


def _as_text(document: dict[str, Any]) -> str:
    lines = [f"Denied: {document['action'] or 'unknown action'} on {document['resource'] or 'unknown resource'}"]
    if "role" in document:
        created = f"{document['stack']}, {document['logical_id']}" if document["logical_id"] else document["stack"]
        lines.append(
            f"Role: {document['role']}, of {document['project']} in {document['environment']} (stack {created})"
        )
    lines.append(f"Verdict: {document['verdict']}: {document['reason']}.")
    if document.get("statement"):
        lines += ["Missing statement:", json.dumps(document["statement"], indent=2)]
    if document.get("key"):
        lines.append(f"Key: {document['key']} in projects/{document['project']}/project.yaml")
    lines.append(f"What to do: {document['remedy']}.")
    return "\n".join(lines)
