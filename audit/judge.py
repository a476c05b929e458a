"""The interface of a judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audit.finding import Finding
from audit.subject import Subject


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Result of a judge.

    Args:
        checked: what it looked at, such as `52 templates`.
        findings: what it found, the planted faults among them.
        acknowledged: number of further findings that are accepted beside the resource, in `stacks/`.
    """

    checked: str
    findings: tuple[Finding, ...]
    acknowledged: int = 0


@dataclass(frozen=True, kw_only=True)
class Judge:
    """An external tool.

    Args:
        name: the name of its project.
        version: returns the installed version.
        judge: runs it.
        planted_rule: the rule that it must report for the planted faults: a judge that reports nothing is asleep.
    """

    name: str
    version: Callable[[], str]
    judge: Callable[[Subject], Verdict]
    planted_rule: str


class JudgeError(Exception):
    """A tool that ended without a result."""


class UnreachableError(Exception):
    """A database of vulnerabilities that cannot be reached, so that nothing is known about the locks."""
