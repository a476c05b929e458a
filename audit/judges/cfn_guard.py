"""CloudFormation Guard with AWS's rules for the controls of Control Tower."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from audit.finding import Finding
from audit.judge import Judge, Verdict
from audit.subject import Subject
from audit.tools import AUDIT, program, run_tool, version

RULES = AUDIT / "cfn-guard" / "rules"
_TYPE = re.compile(r"AWS::\w+::\w+")
# `[CT.S3.PR.2]: Require an Amazon S3 bucket to have server access logging configured`
_CONTROL = re.compile(r"\[(CT\.[\w.]+)\]:\s*(.*)")
_PATH = re.compile(r"/Resources/([^/]+)")
_NOT_COMPLIANT = 19


def judge(subject: Subject) -> Verdict:
    """Return the controls that a resource does not meet. Only rules about a type in the templates are evaluated."""
    types = {resource["Type"] for template in subject.templates for resource in template.resources.values()}
    rules = sorted(path for path in RULES.rglob("*.guard") if types & set(_TYPE.findall(path.read_text())))
    command = [
        program(AUDIT, "cfn-guard"),
        "validate",
        "--structured",
        "--show-summary",
        "none",
        "--output-format",
        "json",
    ]
    output = run_tool(
        [*command, "--rules", *map(str, rules), "--data", *(str(each.file) for each in subject.templates)],
        ends_with=(0, _NOT_COMPLIANT),
    )
    findings = {
        finding
        for report in json.loads(output)
        for failed in report["not_compliant"]
        for finding in _findings(subject.stack_of[report["name"]], failed)
    }
    return Verdict(checked=f"{len(subject.templates)} templates, {len(rules)} rules", findings=tuple(sorted(findings)))


def _findings(stack: str, failed: Mapping[str, Any]) -> Iterator[Finding]:
    text = json.dumps(failed)
    control = _CONTROL.search(text.replace("\\n", "\n"))
    rule, message = (control[1], control[2]) if control else (failed["Rule"]["name"], failed["Rule"]["name"])
    for logical_id in sorted(set(_logical_ids(failed))):
        yield Finding(judge="cfn-guard", rule=rule, resource=f"{stack}/{logical_id}", message=message)


def _logical_ids(node: Any) -> Iterator[str]:
    """Yield the resources that the checks of a rule point to."""
    if isinstance(node, dict):
        path = node.get("path")
        if isinstance(path, str) and (found := _PATH.match(path)):
            yield found[1]
        for each in node.values():
            yield from _logical_ids(each)
    elif isinstance(node, list):
        for each in node:
            yield from _logical_ids(each)


def _version() -> str:
    engine = run_tool([program(AUDIT, "cfn-guard"), "--version"]).split()[-1]
    return f"{engine}, rules {version(AUDIT, 'cdklabs.cdk-validator-cfnguard')}"


JUDGE = Judge(name="cfn-guard", version=_version, judge=judge, planted_rule="CT.S3.PR.2")
