"""Write the example notebooks in English and Spanish from their sources; --check only compares them.

A source is a Python file in jupytext's percent format. Code cells belong to both languages, Markdown cells have the
metadata lang="en" or lang="es". A code cell that shows a picture has the metadata alt_en and alt_es, which describe it
on the pages of docs/. Runs in the environment of `make notebooks`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "es")


def write_notebook(source: Path, language: str) -> str:
    """Return the JSON of a notebook without outputs, the same for the same source.

    Args:
        source: file in percent format, whose header contains the kernel.
        language: whose Markdown cells are included.

    Raises:
        ValueError: a Markdown cell has no language.
    """
    parsed = jupytext.read(source, fmt="py:percent")
    cells = []
    for number, cell in enumerate(parsed.cells, start=1):
        if cell.cell_type == "code":
            alt = cell.metadata.get(f"alt_{language}")
            metadata = {"alt": alt} if alt else {}
            cells.append(nbformat.v4.new_code_cell(uncommented(cell.source), id=f"cell-{number}", metadata=metadata))
            continue
        if cell.metadata.get("lang") not in LANGUAGES:
            raise ValueError(f'{source}: cell {number} needs lang="en" or lang="es": {cell.source.splitlines()[0]}')
        if cell.metadata["lang"] == language:
            cells.append(nbformat.v4.new_markdown_cell(cell.source, id=f"cell-{number}"))
    metadata = {"kernelspec": parsed.metadata["kernelspec"], "language_info": {"name": "python"}}
    return f"{nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))}\n"


def uncommented(source: str) -> str:
    """Return the code of a cell, whose body is not Python if a cell magic such as `%%sql` precedes only comments.

    jupytext itself uncomments the magics, and the bodies of those that it knows.
    """
    first, *body = source.splitlines()
    if not first.startswith("%%") or not all(line.startswith("#") for line in body):
        return source
    return "\n".join([first, *(line.removeprefix("#").removeprefix(" ") for line in body)])


def main(arguments: list[str]) -> int:
    """Write every notebook, or with --check name those that differ from their source."""
    stale = []
    for source in sorted(ROOT.glob("projects/*/notebooks/sources/*.py")):
        for language in LANGUAGES:
            target = source.parents[1] / f"{source.stem}.{language}.ipynb"
            text = write_notebook(source, language)
            if target.exists() and target.read_text() == text:
                continue
            stale.append(target.relative_to(ROOT))
            if "--check" not in arguments:
                target.write_text(text)
    for path in stale:
        print(f"{path}: differs from its source; run `make example-notebooks`." if "--check" in arguments else path)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
