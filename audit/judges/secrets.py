"""detect-secrets: every file that git tracks, with the settings of scripts/scan-secrets."""

from __future__ import annotations

import re

from audit.finding import Finding
from audit.judge import Judge, JudgeError, Verdict
from audit.subject import ROOT, Subject
from audit.tools import DEVELOPMENT, run_tool, version

_SECRET = re.compile(r"^Secret Type:\s*(.+)\nLocation:\s*(.+):(\d+)$", re.MULTILINE)


def judge(subject: Subject) -> Verdict:
    """Return the keys, tokens and passwords that are not allowed in their line."""
    # xargs ends with 123 if a program that it starts ends with another code than 0.
    output = run_tool([str(ROOT / "scripts" / "scan-secrets"), str(subject.planted / "secret.txt")], ends_with=(0, 123))
    findings = tuple(
        Finding(
            judge="detect-secrets",
            rule=kind,
            resource=f"{subject.name_of(ROOT / file)}:{line}",
            message="looks like a secret",
        )
        for kind, file, line in _SECRET.findall(output)
    )
    if output.count("Secret Type:") != len(findings):
        raise JudgeError("printed a report of an unknown format")
    return Verdict(checked="tracked files", findings=findings)


JUDGE = Judge(
    name="detect-secrets",
    version=lambda: version(DEVELOPMENT, "bc-detect-secrets"),
    judge=judge,
    planted_rule="AWS Access Key",
)
