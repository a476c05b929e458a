"""Values at JSON paths, groups of rows, and shares: whatever a script writes, they are read or left out."""

from __future__ import annotations

import pytest

from mlproject.report import Outputs
from mlproject.report.settings import Predictions, Target
from mlproject.report.values import read_groups, read_number, read_shares
from tests.report import sample

EVENT = Target(items="flights", event="late")
FILE = Predictions(data="x", step="Score", output="out", file="a.json")


def outputs(content: object) -> Outputs:
    return Outputs(contents={FILE.source: content})


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("rmse", 1.0),
        ("regression_metrics.rmse.value", 2.0),
        ("folds[1].rmse", 4.0),
        ("matrix[0][1]", 6.0),
        ("folds[2].rmse", None),
        ("rmse[0]", None),
        ("rmse.value", None),
        ("folds.rmse", None),
        ("other", None),
    ],
)
def test_a_path_leads_through_names_and_positions(path: str, number: float | None) -> None:
    content = {
        "rmse": 1,
        "regression_metrics": {"rmse": {"value": 2}},
        "folds": [{"rmse": 3}, {"rmse": 4}],
        "matrix": [[5, 6]],
    }
    assert read_number(outputs(content), FILE, path) == number


def test_nothing_declared_reads_nothing() -> None:
    assert read_number(outputs({"a": 1}), FILE, None) is None
    assert read_number(outputs({"a": 1}), None, "a") is None
    assert read_number(Outputs(), FILE, "a") is None


def test_groups_carry_their_range_or_their_day() -> None:
    first = read_groups(sample.OUTPUTS, sample.TEST, "calibration", EVENT)[0]
    assert (first.name, first.rows) == ("0% to 10%", 4072)
    days = read_groups(sample.OUTPUTS, sample.PREDICTIONS, "days", EVENT)
    assert [day.name for day in days] == [f"2013-12-{day:02}" for day in range(1, 32)]


def test_the_ranges_of_a_regression_are_numbers() -> None:
    rows = [{"from": 100000, "to": 250000.5, "rows": 3, "predicted": 1, "observed": 2}]
    (group,) = read_groups(outputs({"bins": rows}), FILE, "bins", Target(value="price"))
    assert group.name == "100,000 to 250,000"


@pytest.mark.parametrize(
    "entries",
    [
        None,
        "text",
        5,
        [1, "a", None],
        [{"rows": 0, "predicted": 0.1, "observed": 0.1}],
        [{"rows": -1, "predicted": 0.1, "observed": 0.1}],
        [{"rows": 5, "predicted": 0.1}],
    ],
)
def test_invalid_groups_are_skipped(entries: object) -> None:
    assert read_groups(outputs({"days": entries}), FILE, "days", EVENT) == ()


def test_importance_is_a_share_of_the_whole_with_the_largest_first() -> None:
    content = outputs({"importance": {"a": 1.0, "b": 3.0, "unused": 0.0, "odd": "x"}})
    assert read_shares(content, FILE, "importance") == (("b", 0.75), ("a", 0.25))
    assert read_shares(outputs({"importance": [1, 2]}), FILE, "importance") == ()
    assert read_shares(outputs({}), FILE, "importance") == ()
