"""Numbers and dates as the selected language writes them, such as 1,234.5 and 1234,5."""

from __future__ import annotations

import re
from datetime import datetime

from mlproject.translation.languages import selected_language

# The part of Python's format of numbers that texts use: sign, width, thousands, decimals, such as `+,.3f`.
_FORMAT = re.compile(r"(?P<sign>\+?)(?P<width>\d*),?(?:\.(?P<decimals>\d+))?f?")


def format_number(value: float, specification: str) -> str:
    """Return a number in the selected language.

    Args:
        specification: the format of Python, such as `,.1f`, of which a sign, a width, and decimals are kept.
    """
    english, language = format(value, specification), selected_language()
    parts = _FORMAT.fullmatch(specification)
    if language == "en" or parts is None:
        return english
    from babel.numbers import format_decimal  # takes time, and English needs none of it

    decimals = int(parts["decimals"] or 0)
    pattern = f"#,##0{'.' if decimals else ''}{'0' * decimals}"
    signed = f"+{pattern};-{pattern}" if parts["sign"] else pattern
    # Rounded by Python, so that both languages show the same digits.
    number: str = format_decimal(round(value, decimals), signed, locale=language)
    return number.rjust(int(parts["width"] or 0))


def format_date(moment: datetime) -> str:
    """Return a day and a time, such as "30 November 2026, 12:06 UTC"."""
    zone = f" {moment.tzname()}" if moment.tzinfo else ""
    if selected_language() == "en":
        return f"{moment.day} {moment:%B %Y, %H:%M}{zone}"
    from babel.dates import format_date as format_day

    return f"{format_day(moment, 'long', locale=selected_language())}, {moment:%H:%M}{zone}"
