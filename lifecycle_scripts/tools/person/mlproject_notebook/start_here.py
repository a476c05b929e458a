"""The notebook START HERE, or EMPIECE AQUÍ: the status, with links to the data and the examples."""

from mlproject_notebook.documents import METADATA, cells_digest, is_unchanged, to_json, written
from mlproject_notebook.files import write_in_any_case
from mlproject_notebook.instance import VOLUME, log, now, read_json
from mlproject_notebook.status import Status, markdown_table

NAMES = {"en": "START HERE", "es": "EMPIECE AQUÍ"}


def refresh(description):
    """Write the notebook if its content has changed, unless a person has edited it."""
    status = Status(description)
    name = NAMES[description["language"]]
    paths = [VOLUME / f"{name}.ipynb", VOLUME / f"{name} 2.ipynb"]
    free = [path for path in paths if not path.exists() or is_unchanged(read_json(path), outputs=False)]
    if not free:
        log(f"{paths[0].name} and {paths[1].name} were edited, so that neither shows the status")
        return
    content = cells_digest(_document(description, status, time="", exact=False), outputs=False)
    if written(read_json(free[0])).get("content") != content:
        document = _document(description, status, time=now(), exact=True)
        document["metadata"][METADATA] = {"content": content, "written": cells_digest(document, outputs=False)}
        write_in_any_case(free[0], to_json(document), keep_time=True)


def _document(description, status, *, time, exact):
    """Return the notebook.

    Args:
        description: what the deployment wrote about the instance.
        status: the status.
        time: time of the status, as text.
        exact: whether the minute of the idle stop is shown.
    """
    intro = status.text("intro" if status.has_kernel else "intro_plain", time=time)
    cells = [
        _markdown(f"{status.text('title')}\n\n{intro}"),
        _markdown(f"{status.text('status')}\n\n{markdown_table(status.rows(exact=exact))}"),
        _markdown(f"{status.text('links')}\n\n{markdown_table(status.links(VOLUME))}"),
    ]
    metadata = {}
    if status.has_kernel:
        cells.append({"cell_type": "code", "source": "%mlproject status", "outputs": [], "execution_count": None})
        metadata["kernelspec"] = {
            "name": description["kernel"],
            "display_name": description["kernel_title"],
            "language": "python",
        }
    cells = [{"id": f"mlproject-{number}", "metadata": {}, **cell} for number, cell in enumerate(cells)]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(source):
    return {"cell_type": "markdown", "source": source}
