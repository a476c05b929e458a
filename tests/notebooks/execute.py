"""Run a notebook from top to bottom with nbclient, and save it with its outputs. Runs in .venv-notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def main(source: Path, target: Path) -> int:
    """Run `source` with the kernel that it names, and write `target` even if a cell fails."""
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(source.parent)}})
    try:
        client.execute()
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        nbformat.write(notebook, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
