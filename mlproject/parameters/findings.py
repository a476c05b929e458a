"""Errors in the parameter files, and the exception that reports them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlproject.errors import Topic, UserError
from mlproject.translation import Message, joined


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One error in a parameter file.

    Args:
        file: path relative to the repository root, with forward slashes.
        line: counted from 1; None if the file cannot be read.
        key: path of the key in that file, such as `storage.archive_after_days`; empty for the whole file.
        message: description of the error, without the final period.
        value: the value as written; empty if a key is missing or unknown.
        allowed: the allowed values; empty if the message states them.
        suggestion: the closest valid name; empty if there is none.
        successor: the name to write instead of a renamed key; empty for any other error.
    """

    file: str
    line: int | None
    key: str
    message: str
    value: str = ""
    allowed: str = ""
    suggestion: str = ""
    successor: str = ""

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> Message:
        """Return the error with its location, its reason, the allowed values and the closest valid name."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = f"{where}: {self.key}: " if self.key else f"{where}: "
        hint: str = Message(". Did you mean {name}?", name=self.suggestion) if self.suggestion else "."
        if self.successor:
            hint = Message(". Write {name}.", name=self.successor)
        allowed = Message(" Allowed: {values}.", values=self.allowed) if self.allowed else ""
        return joined("", (subject, self.message, hint, allowed))


UNKNOWN_KEY = Message("unknown key")
MISSING = Message("required key is missing")


class ParametersError(UserError):
    """All errors in environments.yaml, projects/*/project.yaml and pipelines/, one per line.

    Args:
        findings: the errors; duplicates are dropped.
        topic: heading of docs/*/errors.md.
    """

    def __init__(self, findings: Iterable[Finding], *, topic: Topic = "parameters") -> None:
        order = sorted(dict.fromkeys(findings), key=lambda finding: (finding.file, finding.line or 0, finding.key))
        self.findings = _without_redundant(order)
        lines = [finding.describe() for finding in self.findings]
        if any(finding.file.startswith("pipelines/") for finding in self.findings):
            title = Message("{number} errors in the parameter files and pipelines:", number=len(lines))
        else:
            title = Message("{number} errors in the parameter files:", number=len(lines))
        super().__init__(joined("\n", [title, *lines] if len(lines) > 1 else lines), topic=topic)


def _without_redundant(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Drop errors for missing keys that a misspelled or renamed key beside or above them explains."""
    misspelled = {
        (finding.file, _parent(finding.key), finding.successor or finding.suggestion)
        for finding in findings
        if finding.successor or (finding.message == UNKNOWN_KEY and finding.suggestion)
    }
    explained = {(finding.file, finding.key) for finding in findings if finding.suggestion}
    return tuple(
        finding
        for finding in findings
        if finding.message != MISSING
        or (
            (finding.file, _parent(finding.key), finding.key.rpartition(".")[2]) not in misspelled
            and (finding.file, _parent(finding.key)) not in explained
        )
    )


def _parent(key: str) -> str:
    return key.rpartition(".")[0]


class InvalidValueError(ValueError):
    """A value breaks a rule. The caller adds the file, line and key.

    Args:
        message: description of the error, without the final period.
        allowed: the allowed values; None to use those of the field.
        suggestion: the closest valid name.
        secret: the value may contain a password, so findings do not repeat it.
    """

    def __init__(self, message: str, *, allowed: str | None = None, suggestion: str = "", secret: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.suggestion = suggestion
        self.secret = secret


def closest_match(word: str, choices: Iterable[str]) -> str:
    """Return the choice most similar to a word; empty if none is similar enough."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def join_names(names: Iterable[str]) -> str:
    """Return sorted, comma-separated names; `none` if there are none."""
    return ", ".join(sorted(names)) or Message("none")
