"""A mistake in a parameters file, and the error that carries all of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One mistake.

    Args:
        file: path from the project's root, with slashes.
        line: counted from 1; None when the file cannot be read at all.
        key: path of the key in that file, such as `storage.archive_after_days`; empty for the file as a whole.
        value: the value as it is written; empty when a key is missing or unknown.
        message: what is wrong, as a sentence without its full stop.
        allowed: what may stand there instead; empty when the message says it.
        suggestion: the nearest valid name; empty when none is near.
    """

    file: str
    line: int | None
    key: str
    message: str
    value: str = ""
    allowed: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = f"{where}: {self.key}: " if self.key else f"{where}: "
        hint = f"; did you mean {self.suggestion}?" if self.suggestion else "."
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f"{subject}{self.message}{hint}{allowed}"


UNKNOWN_KEY = "unknown key"
MISSING = "missing; add it"


class ParametersError(UserError):
    """Everything that is wrong in environments.yaml, projects/*/project.yaml and pipelines/, a line each.

    Args:
        findings: the mistakes; repetitions are dropped.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        order = sorted(dict.fromkeys(findings), key=lambda finding: (finding.file, finding.line or 0, finding.key))
        self.findings = _without_echoes(order)
        lines = [str(finding) for finding in self.findings]
        of_pipelines = any(finding.file.startswith("pipelines/") for finding in self.findings)
        where = "the parameters and pipelines" if of_pipelines else "the parameters"
        title = [f"{len(lines)} mistakes in {where}:"] if len(lines) > 1 else []
        super().__init__("\n".join([*title, *lines]))


def _without_echoes(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Drop `missing` where the key is there with a slip in it, which is said already."""
    meant = {
        (finding.file, _parent(finding.key), finding.suggestion)
        for finding in findings
        if finding.message == UNKNOWN_KEY and finding.suggestion
    }
    return tuple(
        finding
        for finding in findings
        if finding.message != MISSING
        or (finding.file, _parent(finding.key), finding.key.rpartition(".")[2]) not in meant
    )


def _parent(key: str) -> str:
    return key.rpartition(".")[0]


class RefusalError(ValueError):
    """What a rule about a single value says; the reader adds where the value stands.

    Args:
        message: what is wrong, as a sentence without its full stop.
        allowed: what may stand there; None leaves it to the field's own description.
        suggestion: the nearest valid name.
        secret: the value may hold a password, so no finding repeats it.
    """

    def __init__(self, message: str, *, allowed: str | None = None, suggestion: str = "", secret: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.suggestion = suggestion
        self.secret = secret


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice that looks most like a word; empty when none is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def listing(choices: Iterable[str]) -> str:
    """Names as a reader wants them: sorted, with commas; `nothing` for none."""
    return ", ".join(sorted(choices)) or "nothing"
