"""Six trivial steps, each of which reads and writes a file, so that they measure the overhead of the runner."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measurement import measure_seconds
from benchmarks.runner.peers import install_dvc

COUNT = 6
STEP = """\
import sys

with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    target.write(source.read() + "+")
"""
IMAGE = "local/sagemaker-scikit-learn:1"
PROCESSING = "/opt/ml/processing"
# Without usage reports, which start a process after each command.
QUIET = {"DVC_NO_ANALYTICS": "1"}


@dataclass(frozen=True, kw_only=True)
class SixSteps:
    """The same six steps for each candidate, each in its own folder.

    Args:
        folder: contains the folders `bare`, `ours` and `dvc`, and the script.
        command: the command `dvc`.
    """

    folder: Path
    command: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def create(cls, folder: Path) -> SixSteps:
        steps = cls(folder=folder, command=install_dvc())
        for name in ("bare", "ours", "dvc", "code"):
            (folder / name).mkdir(parents=True)
        (folder / "code" / "step.py").write_text(STEP)
        (folder / "ours" / "definition.json").write_text(json.dumps(_definition()))
        (folder / "dvc" / "dvc.yaml").write_text(json.dumps(_stages(folder / "code" / "step.py")))
        for candidate in ("bare", "ours", "dvc"):
            steps._change(candidate)
        measure_seconds([steps.command, "init", "--quiet", "--no-scm"], folder=folder / "dvc", variables=QUIET)
        measure_seconds([steps.command, "config", "core.analytics", "false"], folder=folder / "dvc", variables=QUIET)
        return steps

    def bare(self) -> float:
        """Measure the scripts in sequence without a runner."""
        script = self.folder / "code" / "step.py"
        chain = " && ".join(f"{sys.executable} {script} {number}.txt {number + 1}.txt" for number in range(COUNT))
        return measure_seconds(["sh", "-c", chain], folder=self.folder / "bare")

    def mlproject_changed(self) -> float:
        self._change("ours")
        return self.mlproject_unchanged()

    def mlproject_unchanged(self) -> float:
        data = f"s3://raw/text.txt={self.folder / 'ours' / '0.txt'}"
        command: list[str | Path] = [
            "mlproject",
            "run",
            "--definition",
            "definition.json",
            "--code",
            self.folder / "code",
        ]
        return measure_seconds([*command, "--data", data], folder=self.folder / "ours")

    def dvc_changed(self) -> float:
        self._change("dvc")
        return self.dvc_unchanged()

    def dvc_unchanged(self) -> float:
        return measure_seconds([self.command, "repro", "--quiet"], folder=self.folder / "dvc", variables=QUIET)

    def _change(self, candidate: str) -> None:
        """Give a candidate a new input, so that it cannot reuse the result of an earlier run."""
        (self.folder / candidate / "0.txt").write_text(f"{next(self._numbers)}\n")


def _definition() -> dict[str, Any]:
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": [_step(n) for n in range(COUNT)]}


def _step(number: int) -> dict[str, Any]:
    before = {"Get": f"Steps.Step{number - 1}.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"}
    place = {"Std:Join": {"On": "/", "Values": ["s3://out", {"Get": "Execution.PipelineExecutionId"}, str(number)]}}
    sources = {"code": "s3://code/step.py", "data": before if number else "s3://raw/text.txt"}
    return {
        "Name": f"Step{number}",
        "Type": "Processing",
        "Arguments": {
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", f"{PROCESSING}/input/code/step.py"],
                "ContainerArguments": [f"{PROCESSING}/input/data/text.txt", f"{PROCESSING}/output/out/text.txt"],
            },
            "ProcessingInputs": [
                {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": f"{PROCESSING}/input/{name}"}}
                for name, uri in sources.items()
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {"OutputName": "out", "S3Output": {"S3Uri": place, "LocalPath": f"{PROCESSING}/output/out"}}
                ]
            },
        },
    }


def _stages(script: Path) -> dict[str, Any]:
    """Return the content of dvc.yaml, as JSON, which is valid YAML."""
    return {
        "stages": {
            f"step{number}": {
                "cmd": f"{sys.executable} {script} {number}.txt {number + 1}.txt",
                "deps": [str(script), f"{number}.txt"],
                "outs": [f"{number + 1}.txt"],
            }
            for number in range(COUNT)
        }
    }
