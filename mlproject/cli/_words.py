"""How commands say sizes and numbers of things."""

from __future__ import annotations


def size(count: int) -> str:
    """A number of bytes for people, such as `8.3 MB`."""
    value = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def number(count: int, thing: str) -> str:
    """A number with its thing, such as `1 version`, `2 versions`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
