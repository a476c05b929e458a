"""Format numbers, times and lists for people."""

from __future__ import annotations

import math
import re
from datetime import datetime

from mlproject.translation import format_date, format_number, translated


def format_duration(seconds: float | None) -> str:
    """Return a duration such as "40 ms", "6.2 s" or "1 min 12 s"; empty for None."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{format_number(seconds, '.1f')} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def format_time(iso: str) -> str:
    """Return an ISO 8601 time in a readable form; any other text unchanged."""
    try:
        parsed = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return format_date(parsed)


def format_percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return translated("{number}%", number=format_number(share * 100, f".{digits}f"))


def significant_decimals(*values: float | None) -> int:
    """Return the decimal places that show four significant digits of the largest value, 0 to 6."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    return min(max(3 - math.floor(math.log10(largest)), 0), 6) if largest else 0


def format_significant(value: float) -> str:
    """Return a number with four significant digits, such as "12.34" or "1,234,567"."""
    return format_number(value, f",.{significant_decimals(value)}f")


def format_usd(amount: float | None) -> str:
    """Return an amount such as "1,204.50 USD"; "unknown" for None."""
    return translated("unknown") if amount is None else f"{format_number(amount, ',.2f')} USD"


def format_difference(value: float, digits: int) -> str:
    """Return a difference with its sign; negative values have a true minus sign."""
    return format_number(value, f"+.{digits}f").replace("-", "\N{MINUS SIGN}")


def bind_numbers(text: str) -> str:
    """Put a no-break space between each number and the word after it."""
    return re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", text)


def join_names(names: list[str]) -> str:
    """Return names joined as in a sentence, such as "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return translated("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def capitalize_initial(text: str) -> str:
    """Return a text with a capital initial and otherwise unchanged, unlike `str.capitalize`."""
    return text[:1].upper() + text[1:]
