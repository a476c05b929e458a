"""Let a library of .venv-audit judge every policy of the templates, in one process."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from audit.finding import Finding
from audit.judge import Verdict
from audit.policies import Kind, read_policies
from audit.subject import Subject
from audit.tools import AUDIT, program, run_tool

_DRIVERS = Path(__file__).with_name("drivers")


def judge_policies(subject: Subject, *, judge: str, driver: str, kinds: Collection[Kind]) -> Verdict:
    """Return what a script of audit/drivers reports.

    Args:
        subject: whose policies are judged.
        judge: name of the judge.
        driver: name of the script.
        kinds: of policies that it takes.
    """
    policies = [policy for template in subject.templates for policy in read_policies(template) if policy.kind in kinds]
    report = run_tool(
        [program(AUDIT, "python"), str(_DRIVERS / driver)], input_text=json.dumps([asdict(each) for each in policies])
    )
    findings = tuple(
        Finding(
            judge=judge,
            rule=each["rule"],
            resource=each["resource"],
            # Wildcards make the whole list of a service.
            message=" ".join(each["message"].split())[:300],
        )
        for each in json.loads(report)
    )
    return Verdict(checked=f"{len(policies)} policies", findings=findings)
