"""Metrics know which direction is better, and missing values stay missing."""

from __future__ import annotations

import math

import pytest

from mlproject.report.metrics import (
    read_calibration,
    read_days,
    read_event_share,
    read_importance,
    read_number,
    read_scores,
)
from tests.report import sample


def test_gains_point_the_same_way_for_metrics_that_should_rise_and_fall() -> None:
    gains = {score.key: score.gain for score in read_scores(sample.METRICS, sample.QUESTION)}
    assert gains == {
        "auc": pytest.approx(0.061402),
        "average_precision": pytest.approx(0.102917),
        "brier": pytest.approx(0.013091),
    }


def test_guessing_is_what_the_share_of_late_flights_makes_it() -> None:
    share = read_event_share(sample.METRICS)
    assert share == pytest.approx(4680 / 26971, abs=1e-6)
    assert share is not None
    auc, precision, brier = read_scores(sample.METRICS, sample.QUESTION)
    assert auc.guessing == 0.5
    assert precision.guessing == share
    assert brier.guessing == pytest.approx(share * (1 - share))


def test_the_position_between_guessing_and_perfect_is_limited_to_0_and_1() -> None:
    auc, _, brier = read_scores(sample.METRICS, sample.QUESTION)
    assert [auc.position(value) for value in (None, 0.4, 0.5, 0.75, 1.0)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert brier.position(0.0) == 1.0
    assert brier.position(brier.baseline) == 0.0
    assert brier.is_worse_than_guessing(brier.baseline)
    assert not brier.is_worse_than_guessing(brier.model)
    assert not auc.is_worse_than_guessing(0.5)
    assert auc.is_worse_than_guessing(0.49)
    assert not auc.is_worse_than_guessing(None)


def test_metrics_without_calibration_take_the_bounds_that_always_hold() -> None:
    _, precision, brier = read_scores(
        {"auc": 0.7, "average_precision": 0.4, "brier": 0.1, "baseline_brier": 0.2}, sample.QUESTION
    )
    assert (precision.guessing, brier.guessing) == (0.0, 0.25)
    assert precision.gain is None
    assert "0.25" in brier.meaning


def test_a_metric_that_is_not_there_is_not_shown() -> None:
    assert [score.key for score in read_scores({"auc": 1, "brier": math.inf}, sample.QUESTION)] == ["auc"]
    assert read_scores({}, sample.QUESTION) == ()


@pytest.mark.parametrize("value", [None, "0.5", True, math.nan, -math.inf, [0.5]])
def test_a_value_that_is_not_a_finite_number_is_missing(value: object) -> None:
    assert read_number({"auc": value}, "auc") is None


def test_groups_carry_their_range_or_their_day() -> None:
    first = read_calibration(sample.METRICS)[0]
    assert (first.name, first.rows) == ("0% to 10%", 4072)
    assert [day.name for day in read_days(sample.SCORING)] == [f"2013-12-{day:02}" for day in range(1, 32)]


@pytest.mark.parametrize(
    "entries",
    [
        None,
        "text",
        5,
        [1, "a", None],
        [{"rows": 0, "predicted": 0.1, "observed": 0.1}],
        [{"rows": 5, "predicted": 0.1}],
    ],
)
def test_invalid_groups_are_skipped(entries: object) -> None:
    assert read_calibration({"calibration": entries}) == ()


def test_importance_is_a_share_of_the_whole_with_the_largest_first() -> None:
    assert read_importance({"importance": {"a": 1.0, "b": 3.0, "unused": 0.0, "odd": "x"}}) == (
        ("b", 0.75),
        ("a", 0.25),
    )
    assert read_importance({"importance": [1, 2]}) == ()
    assert read_importance({}) == ()
