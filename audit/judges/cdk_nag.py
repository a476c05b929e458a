"""cdk-nag: the packs AwsSolutions, NIST 800-53 R5, HIPAA Security and PCI DSS 3.2.1, which run with the synthesis."""

from __future__ import annotations

import json

from audit.finding import Finding
from audit.judge import Judge, JudgeError, Verdict
from audit.subject import Subject
from audit.tools import DEVELOPMENT, version

# As the packs call themselves in the report.
PACKS = frozenset({"AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"})


def judge(subject: Subject) -> Verdict:
    """Return the findings of the report. Those that are acknowledged beside a resource are only counted."""
    reports = json.loads(subject.nag_report.read_text())["pluginReports"]
    missing = PACKS - {each["pluginName"] for each in reports}
    if missing:
        raise JudgeError(f"the report of the synthesis lacks {', '.join(sorted(missing))}")
    findings = tuple(
        Finding(
            judge="cdk-nag",
            rule=violation["ruleName"],
            resource=construct["constructPath"],
            message=violation["description"],
        )
        for report in reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    )
    acknowledged = sum(len(report.get("suppressedViolations", ())) for report in reports)
    return Verdict(
        checked=f"{len(subject.templates)} templates, {len(PACKS)} packs", findings=findings, acknowledged=acknowledged
    )


JUDGE = Judge(
    name="cdk-nag", version=lambda: version(DEVELOPMENT, "cdk-nag"), judge=judge, planted_rule="AwsSolutions-S1"
)
