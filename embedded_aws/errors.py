"""The error that the embedded AWS reports to the person who starts, finds or stops it."""

from __future__ import annotations


class EmbeddedAwsError(Exception):
    """One sentence for the user: what is wrong and what to do. A command prints it without a traceback.

    Args:
        message: the sentence.
        exit_code: for the command, never zero: 2 for input that is refused, 1 for work that failed.
        topic: name of the kind of error, by which a command can refer to its documentation; None for no kind.
    """

    def __init__(self, message: str, *, exit_code: int = 2, topic: str | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.topic = topic
