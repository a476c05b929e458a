"""What cannot be decided, as a sentence that names it: the guard refuses then, and never guesses."""

from __future__ import annotations


class UndecidableError(Exception):
    """A policy or a request has something that this evaluator does not know; the message names it."""
