"""What was used and denied, from the logs of embedded AWSs, and the committed result of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docs_site.reference.least_privilege import USED_FILE, read_used
from embedded_aws.iam.authorization_log import LogEntry
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS, permissions_for
from mlproject.files import write_atomically
from tests.least_privilege.grants import policy_kind, resource_kind, role_kind, statement_id
from tests.least_privilege.labels import PROVOKING
from tests.least_privilege.runs import RUNS, run_of

# Statements of step types that the examples' pipelines do not have, and whose uses are therefore not compared.
_COMPARED_STEPS = ("Processing", "Training", "RegisterModel")
_OTHER_STEPS = {each.sid for each in permissions_for(STEP_PERMISSIONS)} - {
    each.sid for each in permissions_for(_COMPARED_STEPS)
}
_NAME = re.compile(r"arn:[^:]+:iam::\d*:(role|user|policy)/(.+/)?(?P<name>[^/]+)")


@dataclass(frozen=True, kw_only=True, order=True)
class Use:
    """An action of a statement, or a kind of resource in it, that a request needed.

    Args:
        role: kind of the role.
        sid: id of the statement.
        what: such as `s3:GetObject` or `s3:data objects`.
    """

    role: str
    sid: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} in {self.sid} of {self.role}"


# The run that used it.
Usage = Mapping[Use, str]


def read_logs(folder: Path) -> list[LogEntry]:
    """Return what embedded AWSs logged into a folder."""
    files = sorted(folder.rglob("*.jsonl"))
    return [LogEntry.read(line) for file in files for line in file.read_text().splitlines()]


def all_uses(entries: Iterable[LogEntry]) -> dict[Use, set[str]]:
    """Return the runs that use each permission."""
    found: dict[Use, set[str]] = {}
    for entry in entries:
        run = run_of(entry.label)
        if run is None:
            continue
        for use in _uses(entry):
            found.setdefault(use, set()).add(run)
    return found


def _uses(entry: LogEntry) -> Iterator[Use]:
    for policy, sid, resource in entry.permissions:
        if " " in sid:  # `statement 1`: of a test's own policy, since every statement of the stacks has an id
            continue
        # A managed policy is known by its ARN, one of a role's own by its role.
        kind = policy_kind(_name(policy)) if policy.startswith("arn:") else role_kind(_name(entry.principal))
        if kind is not None and not (kind == "pipeline" and sid in _OTHER_STEPS):
            for what in (entry.action, resource_kind(resource)):
                yield Use(role=kind, sid=statement_id(sid), what=what)


def denials(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Return the requests of the product's roles that were denied in a run, and that no test provoked."""
    return [
        each
        for each in entries
        if not each.allowed
        and not each.label.endswith(PROVOKING)
        and run_of(each.label)
        and role_kind(_name(each.principal))
    ]


def read_committed() -> Usage:
    """Return the committed uses, with a run for each."""
    return {
        Use(role=role, sid=sid, what=what): run
        for role, statements in read_used().items()
        for sid, used in statements.items()
        for what, run in used.items()
    }


def write_committed(usage: Usage) -> None:
    """Replace the committed uses."""
    content: dict[str, dict[str, dict[str, str]]] = {}
    for use in sorted(usage):
        content.setdefault(use.role, {}).setdefault(use.sid, {})[use.what] = usage[use]
    write_atomically(USED_FILE, json.dumps(content, indent=1) + "\n")


def renew(committed: Usage, uses: Mapping[Use, set[str]], runs: Sequence[str]) -> dict[Use, str]:
    """Return the committed uses after some runs: theirs are replaced, those of other runs stay.

    Args:
        committed: the uses before.
        uses: what the runs used.
        runs: those that were made completely.
    """
    others = {use: run for use, run in committed.items() if run not in runs}
    return {**first_runs(uses), **others}


def first_runs(uses: Mapping[Use, set[str]]) -> dict[Use, str]:
    """Return the first of the runs, in the order of `RUNS`, that use each permission."""
    return {use: next(run for run in RUNS if run in used) for use, used in uses.items()}


def unrecorded(committed: Usage, uses: Mapping[Use, set[str]]) -> list[Use]:
    """Return the committed uses that their run did not make."""
    return sorted(use for use, run in committed.items() if run not in uses.get(use, set()))


def _name(arn: str) -> str:
    match = _NAME.fullmatch(arn)
    return match["name"] if match else ""
