"""Ask on the terminal: for confirmation before a change that cannot be undone, and for values."""

from __future__ import annotations

import sys
from collections.abc import Callable

from mlproject.errors import UserError


def has_terminal() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, *, default: str = "", problem: Callable[[str], str] = lambda _: "") -> str:
    """Ask for a value on the terminal until the answer is valid.

    Args:
        question: without the final colon.
        default: the value if the answer is empty; an answer is required if it is empty too.
        problem: returns a sentence about an invalid answer, and an empty text for a valid one.

    Raises:
        UserError: the terminal was closed.
    """
    while True:
        try:
            answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        except EOFError:
            raise UserError("no answer, so nothing was created.") from None
        reason = problem(answer) if answer else "An answer is required."
        if not reason:
            return answer
        print(reason)


def confirm(question: str, *, yes: bool, declined: str) -> None:
    """Ask a question on the terminal, unless `--yes` is set.

    Args:
        question: ends with a question mark.
        yes: whether `--yes` is set.
        declined: the message if the answer is no, without the final period, such as `nothing was deployed`.

    Raises:
        UserError: the answer is no, or there is no terminal to answer on.
    """
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        raise UserError(
            f"no answer, so {declined}; run the command again with --yes.", topic="confirmation-required"
        ) from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError(f"{declined}.", exit_code=1)
