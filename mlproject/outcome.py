"""Results of the checks of an account or a machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """State of a check. Only a problem makes a command fail."""

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of one check.

    Args:
        topic: the subject of the check, such as `bootstrap`.
        state: the state of the subject.
        message: the result, as a sentence without the final period.
        remedy: the command or form that fixes the problem; empty if there is nothing to do.
    """

    topic: str
    state: State
    message: str
    remedy: str = ""


def ok(topic: str, message: str) -> Outcome:
    return Outcome(topic=topic, state=State.OK, message=message)


def problem(topic: str, message: str, remedy: str) -> Outcome:
    return Outcome(topic=topic, state=State.PROBLEM, message=message, remedy=remedy)


def warning(topic: str, message: str, remedy: str) -> Outcome:
    return Outcome(topic=topic, state=State.WARNING, message=message, remedy=remedy)


def unknown(topic: str, message: str, remedy: str) -> Outcome:
    return Outcome(topic=topic, state=State.UNKNOWN, message=message, remedy=remedy)


def has_problem(outcomes: Iterable[Outcome]) -> bool:
    return any(outcome.state is State.PROBLEM for outcome in outcomes)
