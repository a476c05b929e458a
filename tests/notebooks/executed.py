"""Notebooks that were run from top to bottom: their outputs, and the numbers that their text emphasizes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.checkouts import ROOT

JUPYTER = ROOT / ".venv-notebooks"


@dataclass(frozen=True, kw_only=True)
class ExecutedNotebook:
    """A notebook with the outputs of its cells.

    Args:
        cells: in their order.
        text: all text outputs.
    """

    cells: list[dict[str, Any]]
    text: str

    def images(self, code: str) -> int:
        """Return the number of images below the cell that contains this code."""
        (cell,) = (each for each in self.cells if code in "".join(each["source"]))
        return sum("image/png" in output.get("data", {}) for output in cell["outputs"])


def run(source: Path, target: Path, variables: Mapping[str, str]) -> ExecutedNotebook:
    program = [str(JUPYTER / "bin" / "python"), str(Path(__file__).with_name("execute.py")), str(source), str(target)]
    completed = subprocess.run(program, env=dict(variables), capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr[-4000:]
    cells: list[dict[str, Any]] = json.loads(target.read_text())["cells"]
    texts = []
    for cell in cells:
        for output in cell.get("outputs", []):
            texts += output.get("text", []) + output.get("data", {}).get("text/html", [])
    return ExecutedNotebook(cells=cells, text="".join(texts))


def findings(notebook: Path) -> list[str]:
    """Return the digits of the numbers that the text of a notebook emphasizes."""
    cells = json.loads(notebook.read_text())["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [re.sub(r"\D", "", each) for text in texts for each in re.findall(r"\*\*(\d[\d.,]*)\*\*", text)]


def numbers(text: str) -> set[str]:
    return {re.sub(r"\D", "", each) for each in re.findall(r"\d[\d.,]*", text)}
