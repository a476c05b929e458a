"""Convert findings to GitLab's code quality report, which merge requests show beside the changed lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mlproject.parameters import Finding

# `mlproject check` fails because of each finding: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
_SEVERITY = "critical"


def code_quality_report(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the entries of a report; empty if there are no findings.

    The fingerprint contains no line number, so that GitLab recognizes a finding after lines above it changed.
    """
    seen: Counter[str] = Counter()
    report = []
    for finding in findings:
        identity = "\0".join((finding.file, finding.key, finding.message, finding.value))
        seen[identity] += 1
        report.append(
            {
                "description": str(finding),
                "check_name": "mlproject check",
                "fingerprint": hashlib.sha256(f"{identity}\0{seen[identity]}".encode()).hexdigest(),
                "severity": _SEVERITY,
                "location": {"path": finding.file, "lines": {"begin": finding.line or 1}},
            }
        )
    return report
