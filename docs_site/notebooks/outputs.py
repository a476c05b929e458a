"""What the cells of an executed notebook show: text, tables, pictures and plotly's figures."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docs_site.notebooks.spark_outputs import read_sentence, shorten_log
from docs_site.notebooks.tables import markdown_table

# The figure in the HTML of plotly's renderer `notebook`: the id of an element, traces, layout.
_FIGURE = re.compile(r'Plotly\.newPlot\(\s*"[0-9a-f-]{36}",\s*')
# Plotly's library, which its renderer writes once into a notebook. The site has its own.
_LIBRARY = "window.PlotlyConfig"
# What matplotlib writes once on each machine, if finding the fonts takes more than five seconds.
_FIRST_PLOT = "Matplotlib is building the font cache"
# Such as SparkMagic's bar of progress, of which nothing is left when the cell ends.
_WIDGET = "application/vnd.jupyter.widget-view+json"
# https://plotly.com/javascript/reference/layout/#layout-height
_DEFAULT_HEIGHT = 450


@dataclass(frozen=True, kw_only=True)
class Text:
    """Printed text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table in Markdown."""

    markdown: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture.

    Args:
        content: the PNG file.
    """

    content: bytes


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that plotly.js draws.

    Args:
        content: JSON with its traces and layout.
        height: in pixels.
    """

    content: bytes
    height: int


Output = Text | Table | Picture | Figure


def read_outputs(cell: Mapping[str, Any]) -> list[Output]:
    """Return what an executed code cell shows.

    Args:
        cell: as in the file of the notebook.

    Raises:
        ValueError: the cell failed, or a page cannot show an output.
    """
    found: list[Output] = []
    for output in cell["outputs"]:
        shown = _read_output(output, cell["id"])
        # How often a stream is sent depends on the speed of the machine.
        if isinstance(shown, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(text=found[-1].text + shown.text)
        elif shown:
            found.append(shown)
    return found


def _read_output(output: Mapping[str, Any], cell: str) -> Output | None:
    if output["output_type"] == "stream":
        text = "".join(output["text"])
        return None if text.startswith(_FIRST_PLOT) else Text(text=shorten_log(text))
    if _WIDGET in output.get("data", {}):
        return None
    data = {kind: "".join(value) for kind, value in output.get("data", {}).items() if isinstance(value, str | list)}
    if "image/png" in data:
        return Picture(content=base64.b64decode(data["image/png"]))
    if "text/html" in data:
        return _read_html(data["text/html"], cell)
    if "text/plain" in data:
        return Text(text=f"{data['text/plain']}\n")
    raise ValueError(f"{cell}: a page cannot show its output of type {output['output_type']} with {sorted(data)}")


def _read_html(html: str, cell: str) -> Output | None:
    if figure := _FIGURE.search(html):
        return _read_figure(html, figure.end())
    if _LIBRARY in html:
        return None
    if "<table" in html:
        return Table(markdown=markdown_table(html))
    if sentence := read_sentence(html):
        return Text(text=sentence)
    raise ValueError(f"{cell}: a page cannot show its HTML, which contains neither a table nor a figure of plotly")


def _read_figure(html: str, start: int) -> Figure:
    decoder = json.JSONDecoder()
    traces, end = decoder.raw_decode(html, start)
    layout, _ = decoder.raw_decode(html, html.index("{", end))
    # Several times as large as the figure. The site sets the colours of its own schemes.
    layout.pop("template", None)
    content = json.dumps({"data": traces, "layout": layout}, separators=(",", ":"))
    return Figure(content=f"{content}\n".encode(), height=layout.get("height", _DEFAULT_HEIGHT))
