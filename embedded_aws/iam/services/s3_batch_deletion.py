"""Which objects of the batch deletion that is being answered may not be deleted; the others are."""

from __future__ import annotations

from contextvars import ContextVar

# ARNs of objects; set for one request, in the thread that answers it.
REFUSED: ContextVar[frozenset[str]] = ContextVar("refused", default=frozenset())
