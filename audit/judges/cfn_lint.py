"""cfn-lint: every rule, also informational and experimental ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from audit.finding import Finding
from audit.judge import Judge, Verdict
from audit.subject import Subject
from audit.tools import DEVELOPMENT, program, run_tool, version

# A bit for each level of findings: https://github.com/aws-cloudformation/cfn-lint#exit-codes
_FINDINGS = tuple(range(0, 16, 2))


def judge(subject: Subject) -> Verdict:
    """Return the findings in all templates, for the regions in which they are deployed."""
    regions = sorted({each.region for each in subject.templates})
    files = [str(each.file) for each in subject.templates]
    command = [program(DEVELOPMENT, "cfn-lint"), "--include-checks", "I", "--include-experimental", "--format", "json"]
    output = run_tool([*command, "--regions", *regions, "--", *files], ends_with=_FINDINGS)
    findings = tuple(_finding(subject, each) for each in json.loads(output))
    return Verdict(checked=f"{len(files)} templates", findings=findings)


def _finding(subject: Subject, found: dict[str, Any]) -> Finding:
    place = _resource(found["Location"]["Path"] or [])
    return Finding(
        judge="cfn-lint",
        rule=found["Rule"]["Id"],
        resource=f"{subject.stack_of[found['Filename']]}/{place}",
        message=" ".join(found["Message"].split()),
    )


def _resource(path: Sequence[Any]) -> str:
    """Return the logical id of a resource, or the section of the template."""
    return str(path[1] if len(path) > 1 and path[0] == "Resources" else path[0] if path else "template")


JUDGE = Judge(name="cfn-lint", version=lambda: version(DEVELOPMENT, "cfn-lint"), judge=judge, planted_rule="W3045")
