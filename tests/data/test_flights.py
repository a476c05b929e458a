"""The installed data set of flight_delays matches its description."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mlproject import data

ROOT = Path(__file__).parents[2]
FLIGHT_DELAYS = ROOT / "pipelines" / "flight_delays"


def test_the_installed_files_are_those_of_the_description() -> None:
    files = data.locate(data.read(FLIGHT_DELAYS), root=ROOT)
    data.verify(files)
    assert [located.file.name for located in files] == ["flights.csv.zip", "weather.csv"]


def test_the_archive_holds_the_flights_that_the_description_counts() -> None:
    dataset = data.read(FLIGHT_DELAYS)
    flights = data.locate(dataset, root=ROOT)[0].path
    with zipfile.ZipFile(flights) as archive:
        (name,) = archive.namelist()
        with archive.open(name) as table:
            rows = sum(1 for _ in table) - 1
    assert rows == 336_776
    assert f"{rows:,}" in dataset.description
