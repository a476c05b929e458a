"""The exception for errors that the user can fix."""

from __future__ import annotations


class UserError(Exception):
    """An error with its location, its reason, the allowed values and the remedy. The CLI prints it without a traceback.

    Args:
        message: a sentence, or one line per finding. A `Message` can be translated.
        exit_code: exit code of the command: 2 for rejected input, 1 for a failed operation.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
