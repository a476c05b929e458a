"""Ask for confirmation before a change that cannot be undone."""

from __future__ import annotations

from mlproject.errors import UserError


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
        raise UserError(f"no answer, so {declined}; run the command again with --yes.") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError(f"{declined}.", exit_code=1)
