"""The example notebooks of a project, `notebooks/*.ipynb` beside project.yaml, which its instances receive."""

from __future__ import annotations

import json
from pathlib import Path

from mlproject.parameters.findings import Finding

_FOLDER = "notebooks"
# Our limit, since every start of an instance may download them: far above notebooks without outputs.
EXAMPLES_BYTES = 5_000_000


def check_example_notebooks(folder: Path, *, root: Path) -> list[Finding]:
    """Return the errors in a project's example notebooks: no notebook, unreadable, or too large together.

    Args:
        folder: the project's folder.
        root: the checkout.
    """
    found, size = [], 0
    for path in _paths(folder):
        size += path.stat().st_size
        problem = _problem(path)
        if problem:
            message = f"{problem}, but instances receive each notebook of this folder as an example. Correct or move it"
            found.append(Finding(file=path.relative_to(root).as_posix(), line=None, key="", message=message))
    if size > EXAMPLES_BYTES:
        where = (folder / _FOLDER).relative_to(root).as_posix()
        message = f"the notebooks have {size:,} bytes together, and every instance of the project receives them"
        allowed = f"up to {EXAMPLES_BYTES:,} bytes. Clear the outputs of the notebooks, or move some of them"
        found.append(Finding(file=where, line=None, key="", message=message, allowed=allowed))
    return found


def read_example_notebooks(folder: Path) -> dict[str, str]:
    """Return the text of a project's example notebooks by file name. The checks have verified them.

    Args:
        folder: the project's folder.
    """
    return {path.name: path.read_text(encoding="utf-8") for path in _paths(folder)}


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / _FOLDER).glob("*.ipynb") if path.is_file())


def _problem(path: Path) -> str | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    except ValueError:
        return "it is not JSON in UTF-8"
    is_notebook = isinstance(document, dict) and isinstance(document.get("cells"), list)
    return None if is_notebook else "it is not a Jupyter notebook: it has no cells"
