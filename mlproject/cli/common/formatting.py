"""Format sizes and counts for people."""

from __future__ import annotations

from mlproject.translation import format_number


def format_size(size: int) -> str:
    """Return a number of bytes in a readable unit, such as `8.3 MB`."""
    value = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{format_number(value, '.1f')} {unit}"
        value /= 1000
    return f"{format_number(value, '.1f')} TB"


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun, such as `1 version`, `2 versions`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
