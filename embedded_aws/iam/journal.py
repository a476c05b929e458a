"""What was refused, to be asked for: a refused HEAD has no words, and a script may swallow those that there are."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

KEPT = 10_000


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Something that a principal may not do.

    Args:
        session: the access key that was used; sessions of a role have one each.
        principal: the ARN of the user or session.
        action: such as `s3:GetObject`.
        resource: its ARN, or `*`.
        reason: in AWS's words.
        enforced: whether the call was stopped; a recording session's goes through.
    """

    session: str
    principal: str
    action: str
    resource: str
    reason: str
    enforced: bool

    @property
    def message(self) -> str:
        """The sentence that AWS answers."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} on resource: {self.resource} "
            f"{self.reason}"
        )


class Journal:
    """The latest refusals, and which sessions only record."""

    def __init__(self) -> None:
        self._refusals: deque[Refusal] = deque(maxlen=KEPT)
        self._recording: set[str] = set()
        self._lock = threading.Lock()

    def add(self, refusal: Refusal) -> None:
        with self._lock:
            self._refusals.append(refusal)

    def of(self, session: str | None = None) -> list[Refusal]:
        """The refusals of one session, or of all, oldest first."""
        with self._lock:
            return [each for each in self._refusals if session in (None, each.session)]

    def record(self, session: str) -> None:
        """Let the session's calls through from now on, and keep what would have stopped them."""
        with self._lock:
            self._recording.add(session)

    def is_recording(self, session: str) -> bool:
        return session in self._recording
