"""Numbers and moments in words."""

from __future__ import annotations

import re
from datetime import datetime


def duration(seconds: float | None) -> str:
    """Seconds as people say them: "40 ms", "6.2 s", "1 min 12 s"; empty when there are none."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 stack", "27,004 flights"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def moment(iso: str) -> str:
    """A moment of ISO 8601 in words; as it is when it is none."""
    try:
        parsed = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = f" {parsed.tzname()}" if parsed.tzinfo else ""
    return f"{parsed.day} {parsed:%B %Y, %H:%M}{zone}"


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 as a percentage."""
    return f"{share * 100:.{digits}f}%"


def dollars(amount: float | None) -> str:
    """An amount of money: "1.00 USD", "1,204.50 USD", "unknown"."""
    return "unknown" if amount is None else f"{amount:,.2f} USD"


def signed(value: float, digits: int) -> str:
    """A difference with its sign, and a true minus."""
    return f"{value:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def glued(text: str) -> str:
    """A number and the word after it stay on one line."""
    return re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", text)


def joined(names: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
