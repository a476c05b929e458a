"""Times that people write."""

from __future__ import annotations

from datetime import UTC, datetime

from mlproject.errors import UserError


def parse_time(text: str) -> datetime:
    """Return a time in UTC. A time without a zone is in UTC, as `mlproject notebook restore` prints it.

    Args:
        text: ISO 8601, such as `2026-11-29 10:15` or `2026-11-29T11:15:00+01:00`.

    Raises:
        UserError: the text is not a time.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            f"--at {text}: not a time. Use ISO 8601 in UTC, such as '2026-11-29 10:15', or with an offset, such as "
            "2026-11-29T11:15:00+01:00."
        ) from error
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
