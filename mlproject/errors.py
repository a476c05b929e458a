"""What a user did that cannot work, said in words."""

from __future__ import annotations


class UserError(Exception):
    """One clear sentence: where, what, what is allowed, what to do. The command prints it without a traceback.

    Args:
        message: the sentence (or several lines when there are several findings).
        exit_code: the command's exit code, never zero: 2 for input that is refused, 1 for work that failed.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
