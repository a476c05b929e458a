"""SVG elements. They have classes instead of colours and fonts, which the page defines, for example for dark mode."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

Point = tuple[float, float]

TICKS = 4


def tag(name: str, /, *children: Markup | str, **attributes: str | float) -> Markup:
    """Return an element with escaped text and values; `text_anchor` becomes text-anchor, `class_` becomes class."""
    formatted = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value)) for key, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    # Element names are constants in this code, not data.
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), formatted, inside)  # noqa: S704


def image(
    *children: Markup, width: float, height: float, title: str, description: str, name: str, class_: str
) -> Markup:
    """Return an image with a title and description for screen readers.

    Args:
        name: name of the image, unique in the page.
    """
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-description"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{name}-title {name}-description",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        class_=class_,
    )


def text(content: str, x: float, y: float, *, class_: str, anchor: str = "start") -> Markup:
    """Return a line of text at its baseline."""
    return tag("text", content, x=x, y=y, class_=class_, text_anchor=anchor)


def line(start: Point, end: Point, *, class_: str) -> Markup:
    """Return a straight line."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Sequence[Point], *, class_: str) -> Markup:
    """Return a line through points."""
    return tag("path", d="M" + " L".join(f"{_value(x)} {_value(y)}" for x, y in points), class_=class_)


def truncate(content: str, length: int) -> str:
    """Return a text of at most `length` characters; an ellipsis replaces the rest."""
    return content if len(content) <= length else content[: max(length - 1, 0)] + "\N{HORIZONTAL ELLIPSIS}"


def ticks(top: float) -> tuple[float, ...]:
    """Return about five round values from 0 to the first that is not below `top`."""
    if top <= 0:
        return (0.0, 1.0)
    rough = top / TICKS
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(nice * magnitude for nice in (1, 2, 2.5, 5, 10) if nice * magnitude >= rough * 0.999)
    return tuple(step * index for index in range(math.ceil(top / step - 1e-9) + 1))


def _value(value: str | float) -> str:
    """Return numbers with at most two decimal places, which keeps the source readable."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
