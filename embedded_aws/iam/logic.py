"""AND and OR over questions of which some cannot be decided: these matter only if the others leave the answer open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from embedded_aws.iam.errors import UndecidableError

Question = Callable[[], bool]


def any_of(questions: Iterable[Question]) -> bool:
    """Whether the answer to at least one question is yes.

    Raises:
        UndecidableError: it depends on a question that cannot be decided.
    """
    return _first(questions, answer=True)


def all_of(questions: Iterable[Question]) -> bool:
    """Whether the answer to every question is yes.

    Raises:
        UndecidableError: it depends on a question that cannot be decided.
    """
    return not _first(questions, answer=False)


def _first(questions: Iterable[Question], *, answer: bool) -> bool:
    """Whether a question has this answer."""
    unknown: UndecidableError | None = None
    for question in questions:
        try:
            if question() is answer:
                return True
        except UndecidableError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return False
