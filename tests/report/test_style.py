"""The page's colours can be read in light and in dark."""

from __future__ import annotations

import re

import pytest

from mlproject.report import render_html
from tests.report import sample

COLOUR = re.compile(r"--([a-z]+): (#[0-9a-f]{3,6});")


def palettes() -> dict[str, dict[str, str]]:
    """The colours of the three blocks that set them, by medium."""
    style = render_html(sample.GOOD).split("<style>")[1].split("</style>")[0]
    dark = style.index("@media (prefers-color-scheme: dark)")
    paper = style.index("@media print")
    end_of_dark = style.index("\n}\n", dark)
    return {
        "light": dict(COLOUR.findall(style[:dark])),
        "dark": dict(COLOUR.findall(style[dark:end_of_dark])),
        "print": dict(COLOUR.findall(style[paper:])),
    }


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    digits = colour.lstrip("#")
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[i : i + 2] for i in (0, 2, 4)]
    parts = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_guidelines_say() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
@pytest.mark.parametrize("text", ["ink", "muted", "good", "bad"])
def test_text_stands_out_from_its_ground(medium: str, ground: str, text: str) -> None:
    colours = palettes()[medium]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
@pytest.mark.parametrize(("shape", "ground"), [("model", "paper"), ("base", "paper"), ("model", "track")])
def test_bars_and_lines_stand_out_from_their_ground(medium: str, shape: str, ground: str) -> None:
    colours = palettes()[medium]
    assert contrast(colours[shape], colours[ground]) >= 3


def test_dark_and_print_set_every_colour_that_light_sets() -> None:
    light, dark, printed = palettes().values()
    assert light.keys() == dark.keys() == printed.keys()
    assert luminance(dark["paper"]) < luminance(dark["ink"])
    assert printed["paper"] == "#fff"


def test_colours_are_named_once_and_used_by_name() -> None:
    style = render_html(sample.GOOD).split("<style>")[1].split("</style>")[0]
    rules = [line for line in style.splitlines() if not line.strip().startswith("--")]
    assert not [line for line in rules if re.search(r"#[0-9a-f]{3,6}\b", line)]
    used = set(re.findall(r"var\(--([a-z]+)\)", style))
    set_somewhere = set(re.findall(r"--([a-z]+):", style)) | {"share"}
    assert used <= set_somewhere
