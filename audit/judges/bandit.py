"""bandit: the product's Python code."""

from __future__ import annotations

import json

from audit.finding import Finding
from audit.judge import Judge, JudgeError, Verdict
from audit.subject import Subject
from audit.tools import AUDIT, program, run_tool, version


def judge(subject: Subject) -> Verdict:
    """Return the findings of every severity and confidence."""
    files = [str(path) for path in subject.python]
    report = json.loads(run_tool([program(AUDIT, "bandit"), "--quiet", "--format", "json", *files], ends_with=(0, 1)))
    if report["errors"]:
        raise JudgeError(f"could not read {report['errors'][0]['filename']}: {report['errors'][0]['reason']}")
    findings = tuple(
        Finding(
            judge="bandit",
            rule=each["test_id"],
            resource=f"{subject.name_of(each['filename'])}:{each['line_number']}",
            message=each["issue_text"],
        )
        for each in report["results"]
    )
    return Verdict(checked=f"{len(files)} files", findings=findings)


JUDGE = Judge(name="bandit", version=lambda: version(AUDIT, "bandit"), judge=judge, planted_rule="B602")
