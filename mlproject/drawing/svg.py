"""Small pieces of SVG. Colours and fonts are the page's: an element only says its class, so dark mode reaches it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

Point = tuple[float, float]

TICKS_WANTED = 4


def tag(name: str, /, *children: Markup | str, **attributes: str | float) -> Markup:
    """An element; text and values are escaped, `text_anchor` becomes text-anchor, `class_` becomes class."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value)) for key, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    # Names of elements are written here in the code, never taken from data.
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, inside)  # noqa: S704


def image(
    *children: Markup, width: float, height: float, title: str, description: str, name: str, class_: str
) -> Markup:
    """A whole image that a screen reader announces with its title and description.

    Args:
        name: unique in the page.
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
    """A line of text on its baseline."""
    return tag("text", content, x=x, y=y, class_=class_, text_anchor=anchor)


def line(start: Point, end: Point, *, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Sequence[Point], *, class_: str) -> Markup:
    """A line through points."""
    return tag("path", d="M" + " L".join(f"{_value(x)} {_value(y)}" for x, y in points), class_=class_)


def shortened(content: str, length: int) -> str:
    """At most so many characters, with an ellipsis in place of the rest."""
    return content if len(content) <= length else content[: max(length - 1, 0)] + "\N{HORIZONTAL ELLIPSIS}"


def ticks(top: float) -> tuple[float, ...]:
    """Round values from 0 to the first that is not below `top`, about four steps apart."""
    if top <= 0:
        return (0.0, 1.0)
    rough = top / TICKS_WANTED
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(nice * magnitude for nice in (1, 2, 2.5, 5, 10) if nice * magnitude >= rough * 0.999)
    return tuple(step * index for index in range(math.ceil(top / step - 1e-9) + 1))


def _value(value: str | float) -> str:
    """Numbers with two decimals at most: a page is read by people, too."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
