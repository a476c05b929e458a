"""Kernels of SparkMagic, driven cell by cell."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mlproject.files import write_atomically
from mlproject.notebooks import configure_sparkmagic, laptop_variables, spark_kernels, write_kernel
from tests.checkouts import ROOT

PYTHON = ROOT / ".venv-notebooks" / "bin" / "python"
_PROCESS = Path(__file__).with_name("kernel_process.py")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a cell shows.

    Args:
        text: printed text and the text of results.
        errors: red text, which is no error of the cell.
        error: name and text of the error that ends the cell, or "".
    """

    text: str
    errors: str
    error: str


class SparkKernel:
    """A running kernel.

    Args:
        name: its name in Jupyter.
        variables: all environment variables.
    """

    def __init__(self, name: str, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(PYTHON), str(_PROCESS), name],
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait() == 0
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run(self, code: str) -> Outputs:
        """Run a cell, and return what it shows."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(code), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the kernel ended"
        outputs: list[dict[str, Any]] = json.loads(line)
        errors = [f"{each['ename']}: {each['evalue']}" for each in outputs if each["output_type"] == "error"]
        return Outputs(
            text="".join(map(_text, outputs)),
            errors="".join(each["text"] for each in outputs if each.get("name") == "stderr"),
            error="".join(errors),
        )


def _text(output: Mapping[str, Any]) -> str:
    if output.get("name") == "stdout":
        return str(output["text"])
    data = output.get("data", {})
    # The text of HTML, with the cells of tables divided.
    return re.sub("<[^>]*>", " ", data["text/html"]) if "text/html" in data else str(data.get("text/plain", ""))


def jupyter_variables(
    folder: Path, *, url: str, settings: Mapping[str, Any] | None = None, variables: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Write the kernels into a new folder, and return the environment variables with which Jupyter finds them.

    Args:
        folder: for the files of Jupyter and of SparkMagic.
        url: address of Livy.
        settings: of SparkMagic, which a person has set.
        variables: of the project.
    """
    configuration = folder / "sparkmagic"
    write_atomically(configuration / "config.json", json.dumps(settings or {}))
    assert configure_sparkmagic(configuration, url=url) == ""
    found = laptop_variables(endpoint="http://localhost:9", region="eu-west-1", credentials={}, folder=folder)
    for kernel in spark_kernels(python=PYTHON, variables=variables or {}, configuration=configuration):
        write_kernel(kernel, Path(found["JUPYTER_DATA_DIR"]))
    return found
