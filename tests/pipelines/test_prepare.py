"""prepare.py: features as known two hours before departure, an honest split, and bad data refused in words."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.flight_delays.steps import prepare
from tests.pipelines.conftest import DAYS, Prepared

AIRPORT = ["recent_delay", "recent_count", "waiting"]


@pytest.fixture
def flights(data: Path) -> pd.DataFrame:
    return prepare.read_flights(data / "flights.csv.zip")


@pytest.fixture
def weather(data: Path) -> pd.DataFrame:
    return prepare.read_weather(data / "weather.csv")


def airport_features(flights: pd.DataFrame) -> pd.DataFrame:
    table = flights.drop(columns=[name for name in AIRPORT if name in flights])
    prepare.add_departures(table)
    return table[AIRPORT]


def with_departure(flights: pd.DataFrame, row: int, delay: float) -> pd.DataFrame:
    """The same flights, one of which leaves with another delay (NaN: never)."""
    changed = flights.copy()
    changed.loc[row, "dep_delay"] = delay
    changed.loc[row, "left"] = flights["scheduled"][row] + delay
    return changed


@pytest.mark.parametrize("delay", [0.0, 45.0, 1300.0, np.nan])
def test_how_a_flight_leaves_does_not_change_predictions_made_before_it_left(
    flights: pd.DataFrame, delay: float
) -> None:
    row = int(flights.index[(flights["dep_delay"] > 30) & (flights["origin"] == "JFK")][200])
    changed = with_departure(flights, row, delay)
    known = min(flights["left"][row], np.inf if np.isnan(delay) else changed["left"][row])
    before = flights["moment"] <= known
    assert before.sum() > 1000
    pd.testing.assert_frame_equal(airport_features(flights)[before], airport_features(changed)[before])


def test_how_a_flight_left_changes_predictions_made_within_three_hours_after_at_its_airport(
    flights: pd.DataFrame,
) -> None:
    row = int(flights.index[flights["dep_delay"].between(0, 10) & (flights["hour"] == 12)][100])
    features, changed = airport_features(flights), airport_features(with_departure(flights, row, np.nan))
    left, origin = flights["left"][row], flights["origin"][row]
    after = (flights["moment"] > left) & (flights["moment"] <= left + prepare.WINDOW_MINUTES)
    seen = after & (flights["origin"] == origin)
    assert seen.sum() > 20
    assert (features["recent_count"][seen] == changed["recent_count"][seen] + 1).all()
    elsewhere = flights["origin"] != origin
    pd.testing.assert_frame_equal(features[elsewhere], changed[elsewhere])


def test_the_features_are_what_counting_flight_by_flight_gives(flights: pd.DataFrame) -> None:
    features = airport_features(flights)
    for row in range(0, len(flights), 701):
        flight = flights.loc[row]
        others = flights[flights["origin"] == flight["origin"]]
        moment, window = flight["moment"], prepare.WINDOW_MINUTES
        recent = others[(others["left"] >= moment - window) & (others["left"] < moment)]
        assert features["recent_count"][row] == len(recent)
        if len(recent):
            assert features["recent_delay"][row] == pytest.approx(recent["dep_delay"].mean(), abs=0.006)
        else:
            assert np.isnan(features["recent_delay"][row])
        due = others[(others["scheduled"] < moment) & (others["scheduled"] >= moment - window)]
        assert features["waiting"][row] == (~(due["left"] < moment)).sum()


def test_the_weather_is_the_last_observation_at_or_before_the_moment(
    flights: pd.DataFrame, weather: pd.DataFrame
) -> None:
    table = prepare.add_weather(flights, weather)
    assert (table["observed"].dropna() <= table["moment"][table["observed"].notna()]).all()
    for row in range(0, len(table), 997):
        flight = table.loc[row]
        seen = weather[(weather["origin"] == flight["origin"]) & (weather["observed"] <= flight["moment"])]
        assert flight["observed"] == seen["observed"].iloc[-1]
        assert flight["humid"] == seen["humid"].iloc[-1]


def test_weather_older_than_three_hours_is_missing(flights: pd.DataFrame, weather: pd.DataFrame) -> None:
    old = weather[weather["observed"] < flights["moment"].min() - prepare.WINDOW_MINUTES]
    assert prepare.add_weather(flights, old)["humid"].isna().all()


def test_time_runs_on_through_midnight_and_the_change_to_summer_time(tmp_path: Path) -> None:
    path = tmp_path / "flights.csv"
    path.write_text(
        "year,month,day,hour,minute,flight,distance,dep_delay,arr_delay,carrier,origin,dest,time_hour\n"
        "2013,3,9,23,59,1,100,2000,0,UA,EWR,IAH,2013-03-10T04:00:00Z\n"
        "2013,3,10,3,1,2,100,0,0,UA,EWR,IAH,2013-03-10T07:00:00Z\n"
    )
    flights = prepare.read_flights(path)
    # 23:59 to 3:01 is 3 h 2 min on the clock, and one hour less in the night that skips an hour.
    assert flights["scheduled"][1] - flights["scheduled"][0] == 122
    assert flights["left"][0] - flights["scheduled"][0] == 2000
    assert flights["moment"][1] == flights["scheduled"][1] - 120


def test_each_part_has_its_months_and_only_flights_that_arrived(prepared: Prepared) -> None:
    months = {name: set(prepared.part(name)["departure"].str[5:7].astype(int)) for name in prepare.PARTS}
    assert months == {
        "train": set(range(1, 10)),
        "validation": {10},
        "test": {11},
        "score": {12},
    }
    for name in prepare.PARTS:
        part = prepared.part(name)
        assert len(part) == prepared.counts["rows"][name]
        assert part["late"].sum() == prepared.counts["late"][name]
        assert set(part["departure"].str[8:10].astype(int)) == set(DAYS)


def test_cancelled_and_diverted_flights_are_left_out_and_counted(data: Path, prepared: Prepared) -> None:
    raw = pd.read_csv(data / "flights.csv.zip")
    counts = prepared.counts
    assert counts["cancelled"] == raw["dep_time"].isna().sum() > 0
    assert counts["diverted"] == (raw["arr_delay"].isna() & raw["dep_time"].notna()).sum() > 0
    assert counts["flights"] == len(raw) == sum(counts["rows"].values()) + counts["cancelled"] + counts["diverted"]


def test_late_means_more_than_fifteen_minutes() -> None:
    assert prepare.LATE_MINUTES == 15


def test_the_label_is_the_arrival(data: Path, prepared: Prepared) -> None:
    raw = pd.read_csv(data / "flights.csv.zip")
    december = raw[(raw["month"] == 12) & raw["arr_delay"].notna()]
    assert prepared.counts["late"]["score"] == (december["arr_delay"] > 15).sum()


def test_the_baseline_knows_the_training_months_only(flights: pd.DataFrame) -> None:
    table = flights[flights["arr_delay"].notna()].copy()
    table["late"] = (table["arr_delay"] > 15).astype(int)
    changed = table.copy()
    changed.loc[changed["month"] > 9, "late"] = 1
    prepare.add_baseline(table, prepare.PARTS["train"])
    prepare.add_baseline(changed, prepare.PARTS["train"])
    pd.testing.assert_series_equal(table["baseline"], changed["baseline"])


def test_the_baseline_is_the_share_of_the_carrier_and_hour_with_its_fallbacks() -> None:
    table = pd.DataFrame(
        [
            (1, "UA", 8, 1),
            (1, "UA", 8, 0),
            (1, "AA", 8, 0),
            (1, "AA", 9, 0),
            (12, "UA", 8, 1),
            (12, "B6", 8, 1),
            (12, "UA", 23, 1),
        ],
        columns=["month", "carrier", "hour", "late"],
        index=[30, 31, 35, 37, 39, 41, 43],  # no row is where its label says
    )
    prepare.add_baseline(table, range(1, 10))
    assert table["baseline"].tolist() == [0.5, 0.5, 0.0, 0.0, 0.5, 0.333333, 0.25]


def test_the_csv_is_what_pandas_reads_back(prepared: Prepared) -> None:
    table = pd.DataFrame({"a": [1, 2, 1], "b": [0.1, np.nan, -2.5], "c": ["x", "y", "x"]})
    assert prepare.csv_text(table) == "a,b,c\n1,0.1,x\n2,,y\n1,-2.5,x\n"
    part = prepared.part("test")
    assert list(part) == ["departure", "flight", *prepare.FEATURES, "baseline", "late"]


def test_two_runs_write_the_same_bytes(data: Path, prepared: Prepared, tmp_path: Path) -> None:
    assert prepare.main(["--data", str(data), "--output", str(tmp_path)]) == 0
    for name in prepare.PARTS:
        path = Path(name, f"{name}.csv")
        assert (tmp_path / path).read_bytes() == (prepared.parts / path).read_bytes()


def truncate(data: Path) -> None:
    path = data / "flights.csv.zip"
    path.write_bytes(path.read_bytes()[:-1000])


def damage(data: Path) -> None:
    path = data / "flights.csv.zip"
    content = bytearray(path.read_bytes())
    content[10_000:11_000] = bytes(1000)
    path.write_bytes(content)


def rewrite(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def spoil(data: Path) -> None:
        path = data / "flights.csv.zip"
        change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)

    return spoil


def set_cell(column: str, value: str) -> Callable[[Path], None]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[4, column] = value
        return table

    return rewrite(change)


def no_columns(data: Path) -> None:
    (data / "weather.csv").write_text("")


def binary(data: Path) -> None:
    (data / "weather.csv").write_bytes(b"origin,time_hour\n\xff\xfe,\x00\n")


def two_members(data: Path) -> None:
    with zipfile.ZipFile(data / "flights.csv.zip", "a") as archive:
        archive.writestr("other.csv", "a\n")


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing file": (lambda data: (data / "flights.csv.zip").unlink(), "flights.csv.zip: not found in "),
    "missing weather": (lambda data: (data / "weather.csv").unlink(), "weather.csv: not found in "),
    "truncated zip": (truncate, "flights.csv.zip: is no complete zip file ("),
    "damaged zip": (damage, "flights.csv.zip: is no complete zip file ("),
    "two files in the zip": (two_members, "flights.csv.zip: is no readable CSV ("),
    "empty file": (no_columns, "weather.csv: is no readable CSV (No columns to parse from file)"),
    "binary": (binary, "weather.csv: is no readable CSV ("),
    "missing columns": (
        rewrite(lambda table: table.drop(columns=["origin", "arr_delay"])),
        "flights.csv.zip: lacks the columns arr_delay, origin",
    ),
    "no number": (
        set_cell("distance", "far"),
        "flights.csv.zip: column distance holds 'far' in line 6: no number",
    ),
    "no number where gaps are allowed": (
        set_cell("arr_delay", "late"),
        "flights.csv.zip: column arr_delay holds 'late' in line 6: no number",
    ),
    "gap": (set_cell("carrier", ""), "flights.csv.zip: column carrier is empty in line 6"),
    "no time": (
        set_cell("time_hour", "yesterday"),
        "flights.csv.zip: column time_hour holds 'yesterday' in line 6: no time",
    ),
    "infinite": (
        set_cell("dep_delay", "inf"),
        "flights.csv.zip: column dep_delay holds 'inf' in line 6: no number",
    ),
    "no date": (set_cell("day", "32"), "flights.csv.zip: year, month and day are no date in line 6"),
    "no month": (set_cell("month", "13"), "flights.csv.zip: year, month and day are no date in line 6"),
    "no hour": (set_cell("hour", "24"), "flights.csv.zip: column hour is beyond 0 to 23 in line 6"),
    "no rows": (
        rewrite(lambda table: table[:0]),
        "flights.csv.zip: the part train (months 1 to 9) has 0 flights that arrived",
    ),
    "no December": (
        rewrite(lambda table: table[table["month"] != "12"]),
        "flights.csv.zip: the part score (months 12 to 12) has 0 flights that arrived; both late and punctual",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data_end_in_one_sentence_with_nothing_written(
    case: str, own_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, sentence = BAD[case]
    spoil(own_data)
    assert prepare.main(["--data", str(own_data), "--output", str(tmp_path / "out")]) == 1
    written = capsys.readouterr().err
    assert written.startswith(f"error: {sentence}")
    assert written.count("\n") == 1
    assert not list((tmp_path / "out").glob("**/*"))


def test_a_disk_that_refuses_ends_in_one_sentence_without_half_a_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train").write_text("a file where the folder should be")
    assert prepare.main(["--data", str(data), "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("error: [Errno ")
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
