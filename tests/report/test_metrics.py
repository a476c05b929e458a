"""Metrics know which direction is better, and missing values stay missing."""

from __future__ import annotations

import math

import pytest

from mlproject.report import Outputs, ReportSettings, read_scores
from mlproject.report.metrics import Score
from mlproject.report.settings import Metric
from tests.report import sample

RMSE = Metric(step="Test", output="out", file="m.json", path="test.rmse", label="RMSE", direction="lower")


def scores_of(content: object, *metrics: Metric) -> tuple[Score, ...]:
    return read_scores(ReportSettings(metrics=metrics or (RMSE,)), Outputs(contents={RMSE.source: content}))


def test_gains_point_the_same_way_for_metrics_that_should_rise_and_fall() -> None:
    assert {score.label: score.gain for score in read_scores(sample.SETTINGS, sample.OUTPUTS)} == {
        "AUC": pytest.approx(0.061402),
        "Average precision": pytest.approx(0.102917),
        "Brier score": pytest.approx(0.013091),
    }


def test_the_position_between_guessing_and_perfect_is_limited_to_0_and_1() -> None:
    auc, _, brier = read_scores(sample.SETTINGS, sample.OUTPUTS)
    assert [auc.position(value) for value in (None, 0.4, 0.5, 0.75, 1.0)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert brier.position(0.0) == 1.0
    assert brier.position(brier.baseline) == 0.0
    assert brier.is_worse_than_guessing(brier.baseline)
    assert not brier.is_worse_than_guessing(brier.model)
    assert not auc.is_worse_than_guessing(0.5)
    assert auc.is_worse_than_guessing(0.49)
    assert not auc.is_worse_than_guessing(None)


def test_a_metric_without_bounds_has_no_position_and_is_never_worse_than_guessing() -> None:
    (rmse,) = scores_of({"test": {"rmse": 3.25}})
    assert rmse.position(3.25) is None
    assert not rmse.is_worse_than_guessing(1e9)


def test_an_error_of_a_regression_without_a_baseline_has_a_value_and_no_gain() -> None:
    (rmse,) = scores_of({"test": {"rmse": 3.25}})
    assert (rmse.model, rmse.baseline, rmse.gain, rmse.higher_is_better) == (3.25, None, None, False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.68849, "0.6885"), (12.345678, "12.35"), (41234.7, "41,235"), (0.0, "0"), (0.00012, "0.000120")],
)
def test_a_value_has_four_significant_digits_unless_its_decimals_are_declared(value: float, shown: str) -> None:
    (rmse,) = scores_of({"test": {"rmse": value}})
    assert rmse.format(rmse.model) == shown
    (declared,) = scores_of({"test": {"rmse": value}}, RMSE.model_copy(update={"decimals": 1}))
    assert declared.format(value) == f"{value:,.1f}"


def test_a_metric_of_a_file_that_was_not_written_is_not_shown() -> None:
    assert read_scores(ReportSettings(metrics=(RMSE,)), Outputs()) == ()


@pytest.mark.parametrize("value", [None, "0.5", True, math.nan, -math.inf, [0.5]])
def test_a_value_that_is_not_a_finite_number_is_not_reported(value: object) -> None:
    (rmse,) = scores_of({"test": {"rmse": value}})
    assert (rmse.model, rmse.format(rmse.model)) == (None, "not reported")


@pytest.mark.parametrize("content", [None, [], "text", {}, {"test": []}, {"test": {"rmse": {}}}])
def test_a_file_of_another_form_reports_nothing(content: object) -> None:
    (rmse,) = scores_of(content)
    assert rmse.model is None
