"""pip-audit: every lock of Python, looked up in the OSV database (https://osv.dev)."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

from audit.finding import Finding
from audit.judge import Judge, UnreachableError, Verdict
from audit.subject import Subject
from audit.tools import AUDIT, program, run_tool, version
from scripts.check_locks import read_pins

# A server with the API of OSV, such as a mirror: https://google.github.io/osv.dev/post-v1-query/
SERVER = "AUDIT_OSV_URL"


def judge(subject: Subject) -> Verdict:
    """Return the known vulnerabilities of all locked versions.

    Raises:
        UnreachableError: the database gives no answer. pip-audit ends with the same exit code as for vulnerabilities.
    """
    locks = {subject.name_of(path): read_pins(path) for path in subject.requirements}
    findings: list[Finding] = []
    for pins in merge_pins(locks.values()):
        findings += [
            Finding(
                judge="pip-audit",
                rule=found["id"],
                resource=f"{lock}:{name}",
                message=f"{name} {pinned}: fixed in {', '.join(found['fix_versions']) or 'no version yet'}",
            )
            for name, pinned, found in _look_up(pins)
            for lock, own in locks.items()
            if pinned in own.get(name, ())
        ]
    versions = {(name, each) for pins in locks.values() for name, pinned in pins.items() for each in pinned}
    return Verdict(checked=f"{len(locks)} locks, {len(versions)} versions", findings=tuple(findings))


def merge_pins(locks: Iterable[Mapping[str, set[str]]]) -> tuple[dict[str, str], ...]:
    """Return all versions of all locks, in as few lists as have one version of a library each."""
    versions: dict[str, set[str]] = {}
    for lock in locks:
        for name, pinned in lock.items():
            versions.setdefault(name, set()).update(pinned)
    count = max(map(len, versions.values()), default=0)
    return tuple(
        {name: sorted(pinned)[number] for name, pinned in sorted(versions.items()) if number < len(pinned)}
        for number in range(count)
    )


def _look_up(pins: Mapping[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return name, version and vulnerability."""
    server = os.environ.get(SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{name}=={pinned}\n" for name, pinned in pins.items())
        file.flush()
        command = [program(AUDIT, "pip-audit"), "--vulnerability-service", "osv", "--format", "json"]
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--desc", "off"]
        output = run_tool(
            [*command, *options, *(("--osv-url", server) if server else ()), "--requirement", file.name],
            ends_with=(0, 1),
        )
    if not output:
        raise UnreachableError(f"{server or 'the OSV database'} gives no answer")
    return read_report(output)


def read_report(output: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return name, version and vulnerability from the report of pip-audit.

    Raises:
        UnreachableError: it skipped a library, which it calls a success.
    """
    dependencies = json.loads(output)["dependencies"]
    skipped = [each["skip_reason"] for each in dependencies if "skip_reason" in each]
    if skipped:
        raise UnreachableError(skipped[0])
    return [(each["name"], each["version"], found) for each in dependencies for found in each["vulns"]]


JUDGE = Judge(name="pip-audit", version=lambda: version(AUDIT, "pip-audit"), judge=judge, planted_rule="PYSEC-2018-28")
