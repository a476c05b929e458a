"""AWS's sample pipeline for abalone from its definition: `mlproject run` compared with its scripts run directly."""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measurement import measure_seconds
from tests.runner import abalone

# https://archive.ics.uci.edu/dataset/1/abalone
ROWS = 4177
# What the built-in algorithm does with the hyperparameters of the sample.
TRAIN = """
import pathlib, pickle, sys
import pandas, xgboost

base = pathlib.Path(sys.argv[1])
parts = {}
for name in ("train", "validation"):
    table = pandas.read_csv(base / name / f"{name}.csv", header=None).to_numpy()
    parts[name] = xgboost.DMatrix(table[:, 1:], label=table[:, 0])
settings = {"objective": "reg:squarederror", "max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6}
watched = [(part, name) for name, part in parts.items()]
model = xgboost.train({**settings, "subsample": 0.7}, parts["train"], 50, watched)
with open(base / "model" / "xgboost-model", "wb") as file:
    pickle.dump(model, file)
"""


@dataclass(frozen=True, kw_only=True)
class Abalone:
    """Both candidates of the benchmark.

    Args:
        folder: contains the definition, the scripts and the data.
    """

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> Abalone:
        (folder / "code").mkdir(parents=True)
        scripts = {"preprocess": abalone.PREPROCESS, "evaluate": abalone.EVALUATE, "train": TRAIN}
        for name, script in scripts.items():
            (folder / "code" / f"{name}.py").write_text(script)
        (folder / "definition.json").write_text(json.dumps(abalone.abalone()))
        abalone.write_data(folder / "abalone-dataset.csv", rows=ROWS)
        return cls(folder=folder)

    def bare(self) -> float:
        """Measure the three scripts in the order of the graph, including the packing of the model as in SageMaker."""
        base = self.folder / "bare" / "processing"
        shutil.rmtree(base, ignore_errors=True)
        for name in ("input/data", "train", "validation", "test", "model", "evaluation"):
            (base / name).mkdir(parents=True)
        shutil.copy(self.folder / "abalone-dataset.csv", base / "input" / "data")
        code, variables = self.folder / "code", {"SAGEMAKER_BASE_DIR": str(base.parent)}
        total = measure_seconds([sys.executable, code / "preprocess.py"], variables=variables)
        total += measure_seconds([sys.executable, code / "train.py", base])
        with tarfile.open(base / "model" / "model.tar.gz", "w:gz") as archive:
            archive.add(base / "model" / "xgboost-model", "xgboost-model")
        return total + measure_seconds([sys.executable, code / "evaluate.py"], variables=variables)

    def fresh(self) -> float:
        """Measure a run of every step, without the cache."""
        data = f"{abalone.INPUT_DATA}={self.folder / 'abalone-dataset.csv'}"
        options: list[str | Path] = ["--definition", "definition.json", "--code", self.folder / "code", "--data", data]
        return measure_seconds(["mlproject", "run", *options, "--no-cache"], folder=self.folder)
