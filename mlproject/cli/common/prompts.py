"""Ask on the terminal: for confirmation before a change that cannot be undone, and for values."""

from __future__ import annotations

import sys
from collections.abc import Callable

from mlproject.errors import UserError
from mlproject.translation import Message, joined, translated


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
            answer = input(f"{translated(question)}{f' [{default}]' if default else ''}: ").strip() or default
        except EOFError:
            raise UserError(Message("no answer, so nothing was created.")) from None
        reason = problem(answer) if answer else Message("An answer is required.")
        if not reason:
            return answer
        print(translated(reason))


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
        answer = input(f"{translated(question)} {translated('[y/N]')} ")
    except EOFError:
        raise UserError(
            Message("no answer, so {declined}; run the command again with --yes.", declined=declined),
            topic="confirmation-required",
        ) from None
    # Every answer that means yes in the language of the question.
    if answer.strip().lower() not in translated("y yes").split():
        raise UserError(joined("", (declined, ".")), exit_code=1)
