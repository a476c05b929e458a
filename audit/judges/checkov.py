"""checkov: its checks of CloudFormation."""

from __future__ import annotations

import json
from typing import Any

from audit.finding import Finding
from audit.judge import Judge, JudgeError, Verdict
from audit.subject import Subject
from audit.tools import AUDIT, program, run_tool, version


def judge(subject: Subject) -> Verdict:
    """Return the failed checks in all templates. checkov sends and downloads nothing."""
    files = [str(each.file) for each in subject.templates]
    command = [program(AUDIT, "checkov"), "--framework", "cloudformation", "--skip-download", "--compact", "--quiet"]
    report = json.loads(run_tool([*command, "--soft-fail", "--output", "json", "--file", *files]))
    if report["summary"]["parsing_errors"]:
        raise JudgeError(f"could not read {report['summary']['parsing_errors']} of the templates")
    findings = tuple(_finding(subject, each) for each in report["results"]["failed_checks"])
    return Verdict(checked=f"{len(files)} templates", findings=findings)


def _finding(subject: Subject, found: dict[str, Any]) -> Finding:
    logical_id = found["resource"].rpartition(".")[2]
    return Finding(
        judge="checkov",
        rule=found["check_id"],
        resource=f"{subject.stack_of[found['file_abs_path']]}/{logical_id}",
        message=found["check_name"],
    )


JUDGE = Judge(name="checkov", version=lambda: version(AUDIT, "checkov"), judge=judge, planted_rule="CKV_AWS_20")
