"""What a look at an account or a machine found: one outcome for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is: only a problem stops what comes next."""

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was found.

    Args:
        topic: what was looked at, such as `bootstrap`.
        message: what was found, a sentence without its full stop.
        remedy: the command or form that mends it; empty where nothing is to be done.
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
