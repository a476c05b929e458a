"""Tables of pandas and SparkMagic as Markdown, so that the site gives them its own style."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Reads the rows of a table. Each is a list of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self._rows = self.body
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "thead":
            self._rows = self.head
        elif tag == "tbody":
            self._rows = self.body
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._rows[-1][-1] += data


def markdown_table(html: str) -> str:
    """Return a table of pandas or SparkMagic in Markdown.

    Args:
        html: of a data frame or its style. Two header rows, the second with the name of the index, become one. Without
            a head, the first row is it.
    """
    reader = _Reader()
    reader.feed(html)
    head, body = (reader.head, reader.body) if reader.head else (reader.body[:1], reader.body[1:])
    names = [" ".join(filter(None, map(_cell, column))) for column in zip(*head, strict=True)]
    rows = [names, *([_cell(text) for text in row] for row in body)]
    first, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([first, f"|{'---|' * len(names)}", *others])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
