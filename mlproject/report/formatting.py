"""Format numbers, times and lists for people."""

from __future__ import annotations

import math
import re
from datetime import datetime


def format_duration(seconds: float | None) -> str:
    """Return a duration such as "40 ms", "6.2 s" or "1 min 12 s"; empty for None."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def format_count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 stack" or "27,004 flights"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_time(iso: str) -> str:
    """Return an ISO 8601 time in a readable form; any other text unchanged."""
    try:
        parsed = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = f" {parsed.tzname()}" if parsed.tzinfo else ""
    return f"{parsed.day} {parsed:%B %Y, %H:%M}{zone}"


def format_percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return f"{share * 100:.{digits}f}%"


def significant_decimals(*values: float | None) -> int:
    """Return the decimal places that show four significant digits of the largest value, 0 to 6."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    return min(max(3 - math.floor(math.log10(largest)), 0), 6) if largest else 0


def format_significant(value: float) -> str:
    """Return a number with four significant digits, such as "12.34" or "1,234,567"."""
    return f"{value:,.{significant_decimals(value)}f}"


def format_usd(amount: float | None) -> str:
    """Return an amount such as "1,204.50 USD"; "unknown" for None."""
    return "unknown" if amount is None else f"{amount:,.2f} USD"


def format_difference(value: float, digits: int) -> str:
    """Return a difference with its sign; negative values have a true minus sign."""
    return f"{value:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def bind_numbers(text: str) -> str:
    """Put a no-break space between each number and the word after it."""
    return re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", text)


def join_names(names: list[str]) -> str:
    """Return names joined as in a sentence, such as "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def capitalize_initial(text: str) -> str:
    """Return a text with a capital initial and otherwise unchanged, unlike `str.capitalize`."""
    return text[:1].upper() + text[1:]
