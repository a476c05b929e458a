"""The notebook START HERE, or EMPIECE AQUÍ: the status, with links to the data and the examples."""

import hashlib
import json

from mlproject_notebook.files import write_in_any_case
from mlproject_notebook.instance import VOLUME, log, now, read_json
from mlproject_notebook.status import Status, markdown_table

NAMES = {"en": "START HERE", "es": "EMPIECE AQUÍ"}
_METADATA = "mlproject"


def refresh(description):
    """Write the notebook if its content has changed, unless a person has edited it."""
    status = Status(description)
    name = NAMES[description["language"]]
    paths = [VOLUME / f"{name}.ipynb", VOLUME / f"{name} 2.ipynb"]
    free = [path for path in paths if not path.exists() or is_unedited(read_json(path))]
    if not free:
        log(f"{paths[0].name} and {paths[1].name} were edited, so that neither shows the status")
        return
    content = digest(_sources(status, time=""))
    if read_json(free[0]).get("metadata", {}).get(_METADATA, {}).get("content") != content:
        document = _document(description, status, content=content)
        write_in_any_case(free[0], json.dumps(document, indent=1, ensure_ascii=False))


def is_unedited(document):
    """Whether a notebook has exactly the cells with which it was written. Outputs do not count."""
    written = document.get("metadata", {}).get(_METADATA, {}).get("written")
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in document.get("cells", [])]
    except (KeyError, TypeError, AttributeError):
        return False
    return written is not None and digest(cells) == written


def digest(cells):
    """Return the hash of cells, each with its type and source."""
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _sources(status, *, time):
    """Return the cells: type and source."""
    intro = status.text("intro" if status.has_kernel else "intro_plain", time=time)
    return [
        ("markdown", f"{status.text('title')}\n\n{intro}"),
        ("markdown", f"{status.text('status')}\n\n{markdown_table(status.rows())}"),
        ("markdown", f"{status.text('links')}\n\n{markdown_table(status.links())}"),
        *([("code", "%mlproject status")] if status.has_kernel else []),
    ]


def _document(description, status, *, content):
    sources = _sources(status, time=now())
    metadata = {_METADATA: {"content": content, "written": digest(sources)}}
    if status.has_kernel:
        metadata["kernelspec"] = {
            "name": description["kernel"],
            "display_name": description["kernel_title"],
            "language": "python",
        }
    cells = [_cell(number, kind, source) for number, (kind, source) in enumerate(sources)]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(number, kind, source):
    cell = {"id": f"mlproject-{number}", "cell_type": kind, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell
