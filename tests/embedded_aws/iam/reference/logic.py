"""AND and OR over tests that can be undetermined.

A test that is undetermined does not matter when the other tests already decide.
"""

from collections.abc import Callable, Iterable

from tests.embedded_aws.iam.reference.model import UndeterminedError

Test = Callable[[], bool]


def all_true(tests: Iterable[Test]) -> bool:
    """Return False if one test is False, True if every test is True."""
    undetermined: UndeterminedError | None = None
    for test in tests:
        try:
            if not test():
                return False
        except UndeterminedError as error:
            undetermined = undetermined or error
    if undetermined is not None:
        raise undetermined
    return True


def any_true(tests: Iterable[Test]) -> bool:
    """Return True if one test is True, False if every test is False."""
    undetermined: UndeterminedError | None = None
    for test in tests:
        try:
            if test():
                return True
        except UndeterminedError as error:
            undetermined = undetermined or error
    if undetermined is not None:
        raise undetermined
    return False


def same_answer(reason: str, answers: Iterable[bool]) -> bool:
    """Return the answer that all readings of the documentation agree on."""
    distinct = set(answers)
    if len(distinct) != 1:
        raise UndeterminedError(reason)
    return distinct.pop()
