"""A place to run definitions in, without a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlproject.runner import RunResult, StepResult, run_definition_file
from tests.runner.samples import write

# Copies its inputs (but its code) and its arguments to its first output, and counts its runs beside the code.
STEP = """
import os, pathlib, sys
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
inputs = sorted(path for path in base.joinpath("input").rglob("*") if path.is_file() and path.name != "step.py")
text = " ".join([*sys.argv[1:], *(path.read_text() for path in inputs)])
(output,) = base.joinpath("output").iterdir()
output.joinpath("text.txt").write_text(text)
print("wrote", text)
"""


@dataclass
class Bench:
    """Runs definitions in a folder of its own.

    Args:
        folder: holds code, data and what runs leave.
        events: every (step, status) that the observer was told, in order.
    """

    folder: Path
    events: list[tuple[str, str]] = field(default_factory=list)

    @property
    def code(self) -> Path:
        return self.folder / "code"

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    def object(self, uri: str) -> Path:
        """The file behind an address."""
        return self.kept / "objects" / uri.removeprefix("s3://")

    def script(self, name: str, text: str) -> None:
        self.code.mkdir(exist_ok=True)
        self.code.joinpath(name).write_text(text)

    def observe(self, result: StepResult) -> None:
        self.events.append((result.name, result.status))

    def run(
        self,
        document: dict[str, Any],
        *,
        data: Mapping[str, Path] | None = None,
        parameters: Mapping[str, Any] | None = None,
        reuse: bool = True,
        **options: Any,
    ) -> RunResult:
        return run_definition_file(
            file=write(self.folder, document),
            code=self.code,
            data=data or {},
            parameters=parameters or {},
            folder=self.kept,
            reuse=reuse,
            observer=self.observe,
            **options,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench whose code folder has the step that copies."""
    made = Bench(folder=tmp_path)
    made.script("step.py", STEP)
    return made
