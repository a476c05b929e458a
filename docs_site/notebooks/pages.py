"""Pages of an executed notebook, and the pictures and figures that they show."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs_site.notebooks.outputs import Figure, Output, Picture, Table, Text, read_outputs

LANGUAGES = ("en", "es")
SOURCES = "projects/flights/notebooks"
# Both languages show the same outputs. In docs/en and docs/es, `images` is a link to this folder.
IMAGES = "docs/images/notebooks"
_OTHER_LANGUAGE = {
    "en": "[En español](../../es/notebooks/{name}.md)",
    "es": "[In English](../../en/notebooks/{name}.md)",
}
_INTRODUCTION = {
    "en": (
        "This page is the notebook `{sources}/{file}` with the outputs of an execution in the "
        "embedded AWS, with the permissions of the notebook's role. [Example notebooks](../example-notebooks.md) "
        "describes how to open it."
    ),
    "es": (
        "Esta página es el notebook `{sources}/{file}` con las salidas de una ejecución en el AWS "
        "embebido, con los permisos del rol del notebook. [Notebooks de ejemplo](../example-notebooks.md) explica cómo "
        "abrirlo."
    ),
}
_INTRODUCTION_SPARK = {
    "en": (
        "This page is the notebook `{sources}/{file}` with the outputs of an execution on "
        "[Spark on one machine](../spark.md), with the permissions of the cluster's nodes in the embedded AWS. "
        "[SparkMagic](../sparkmagic.md) describes the kernel and its commands."
    ),
    "es": (
        "Esta página es el notebook `{sources}/{file}` con las salidas de una ejecución en "
        "[Spark en una sola máquina](../spark.md), con los permisos de los nodos del clúster en el AWS embebido. "
        "[SparkMagic](../sparkmagic.md) explica el kernel y sus comandos."
    ),
}
# For people who read the page's source: what runs its blocks.
_TESTED_ON_SPARK = "<!-- all blocks tested by tests/spark/test_spark_notebooks.py -->"
_WITHOUT_JAVASCRIPT = {
    "en": "This interactive figure needs JavaScript.",
    "es": "Esta figura interactiva necesita JavaScript.",
}
# Of a page such as notebooks/2_plots/, to the root of its language.
_TO_ROOT = "../.."
_LOADER = f'<script src="{_TO_ROOT}/assets/plotly-load.js" defer></script>'


def is_on_spark(name: str) -> bool:
    """Return whether a notebook runs on Spark.

    Args:
        name: such as `spark_pyspark`.
    """
    return name.startswith("spark_")


@dataclass(frozen=True, kw_only=True)
class NotebookOutputs:
    """The outputs of an executed notebook.

    Args:
        name: of the notebook, such as `1_exploration`.
        cells: the outputs of each code cell, by its id.
    """

    name: str
    cells: Mapping[str, Sequence[Output]]


def read_notebook_outputs(name: str, cells: Sequence[Mapping[str, Any]]) -> NotebookOutputs:
    """Return the outputs of an executed notebook.

    Args:
        name: such as `1_exploration`.
        cells: its cells, as in its file.

    Raises:
        ValueError: a cell failed, or a page cannot show an output.
    """
    return NotebookOutputs(
        name=name, cells={cell["id"]: read_outputs(cell) for cell in cells if cell["cell_type"] == "code"}
    )


def read_notebooks(root: Path, name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return a notebook without outputs, by language."""
    return {language: json.loads((root / SOURCES / f"{name}.{language}.ipynb").read_text()) for language in LANGUAGES}


def build_files(executed: NotebookOutputs, notebooks: Mapping[str, Mapping[str, Any]]) -> dict[Path, bytes]:
    """Return the pages of a notebook and what they show, by path in the repository.

    Args:
        executed: its outputs, which belong to all languages, since their code is the same.
        notebooks: the notebook without outputs, by language.

    Raises:
        ValueError: a picture has no description, or a cell has two of them.
    """
    files: dict[Path, bytes] = {}
    for cell, outputs in executed.cells.items():
        shown = [output for output in outputs if isinstance(output, Picture | Figure)]
        if len(shown) > 1:
            raise ValueError(f"{executed.name}, {cell}: shows {len(shown)} pictures. Give each a cell of its own.")
        for output in shown:
            files[Path(IMAGES, _file(executed, cell, output))] = output.content
    for language in LANGUAGES:
        text = _build_page(executed, notebooks[language]["cells"], language)
        files[Path("docs", language, "notebooks", f"{executed.name}.md")] = text.encode()
    return files


def _build_page(executed: NotebookOutputs, cells: Sequence[Mapping[str, Any]], language: str) -> str:
    first, *others = cells
    title, _, rest = "".join(first["source"]).partition("\n")
    file = f"{executed.name}.{language}.ipynb"
    on_spark = is_on_spark(executed.name)
    introduction = _INTRODUCTION_SPARK if on_spark else _INTRODUCTION
    blocks = [
        title,
        _OTHER_LANGUAGE[language].format(name=executed.name),
        *([_TESTED_ON_SPARK] if on_spark else []),
        rest.strip(),
        introduction[language].format(file=file, sources=SOURCES),
    ]
    for cell in others:
        source = "".join(cell["source"]).strip()
        if cell["cell_type"] == "markdown":
            blocks.append(source)
            continue
        blocks.append(f"```python\n{source}\n```")
        blocks += [_build_output(executed, cell, output, language) for output in executed.cells[cell["id"]]]
    if any(isinstance(output, Figure) for outputs in executed.cells.values() for output in outputs):
        blocks.append(_LOADER)
    return "\n\n".join(blocks) + "\n"


def _build_output(executed: NotebookOutputs, cell: Mapping[str, Any], output: Output, language: str) -> str:
    if isinstance(output, Text):
        return f"```text\n{output.text.rstrip()}\n```"
    if isinstance(output, Table):
        return output.markdown
    alt = cell["metadata"].get("alt")
    if not alt:
        raise ValueError(
            f"{SOURCES}/sources/{executed.name}.py: the cell that begins with "
            f"`{''.join(cell['source']).splitlines()[0]}` shows a picture. Describe it for people who do not see it: "
            '# %% alt_en="..." alt_es="..."'
        )
    path = f"images/notebooks/{_file(executed, cell['id'], output)}"
    if isinstance(output, Picture):
        return f"![{alt}](../{path})"
    return (
        f'<div class="plotly-figure" role="group" aria-label="{html.escape(alt)}" data-src="{_TO_ROOT}/{path}" '
        f'style="min-height: {output.height}px">{_WITHOUT_JAVASCRIPT[language]}</div>'
    )


def _file(executed: NotebookOutputs, cell: str, output: Output) -> str:
    return f"{executed.name}/{cell}.{'png' if isinstance(output, Picture) else 'json'}"
