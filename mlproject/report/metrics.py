"""The pipeline's metrics as typed values: scores of model and baseline, calibration, days, importance.

The pipeline's own scripts write the files, and a project may change them, so any value may be missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlproject.report.model import Question

Metrics = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Score:
    """A metric of the model and of the baseline.

    Args:
        guessing: the value of a model without information.
        perfect: the value of a perfect model.
        digits: decimal places to show.
        meaning: a short explanation of the metric.
    """

    key: str
    name: str
    model: float | None
    baseline: float | None
    guessing: float
    perfect: float
    digits: int
    meaning: str

    @property
    def higher_is_better(self) -> bool:
        """Whether higher values are better."""
        return self.perfect > self.guessing

    @property
    def gain(self) -> float | None:
        """The improvement over the baseline, in the metric's unit; negative if the model is worse."""
        if self.model is None or self.baseline is None:
            return None
        return self.model - self.baseline if self.higher_is_better else self.baseline - self.model

    def is_worse_than_guessing(self, value: float | None) -> bool:
        """Return whether a value is worse than that of a model without information."""
        return value is not None and (value < self.guessing) == self.higher_is_better and value != self.guessing

    def position(self, value: float | None) -> float:
        """Return the position of a value between guessing (0) and perfect (1)."""
        if value is None:
            return 0.0
        return min(max((value - self.guessing) / (self.perfect - self.guessing), 0.0), 1.0)


@dataclass(frozen=True)
class Group:
    """A group of rows, with its predicted and observed probabilities.

    Args:
        name: a day, or a range of predictions.
        rows: number of rows.
        predicted: mean of the predicted probabilities, 0 to 1.
        observed: share of the rows for which the event happened, 0 to 1.
    """

    name: str
    rows: int
    predicted: float
    observed: float


def read_scores(metrics: Metrics, question: Question) -> tuple[Score, ...]:
    """Return the metrics of a binary classifier that the file contains."""
    share = read_event_share(metrics)
    always_average = 0.25 if share is None else share * (1 - share)
    answer = "50%" if share is None else "the average"
    candidates = (
        Score(
            key="auc",
            name="AUC",
            model=read_number(metrics, "auc"),
            baseline=read_number(metrics, "baseline_auc"),
            guessing=0.5,
            perfect=1.0,
            digits=3,
            meaning=f"How well it ranks: the share of all pairs of one {question.event} and one other among the "
            f"{question.things} in which the {question.event} one has the higher probability. "
            "0.5 is guessing, 1 is perfect.",
        ),
        Score(
            key="average_precision",
            name="Average precision",
            model=read_number(metrics, "average_precision"),
            baseline=read_number(metrics, "baseline_average_precision"),
            guessing=share or 0.0,
            perfect=1.0,
            digits=3,
            meaning=f"How precise its predictions are: the share of {question.event} {question.things} among those "
            "with the highest probabilities, averaged over all thresholds. "
            + (f"{share:.3f} is guessing, 1 is perfect." if share else "1 is perfect."),
        ),
        Score(
            key="brier",
            name="Brier score",
            model=read_number(metrics, "brier"),
            baseline=read_number(metrics, "baseline_brier"),
            guessing=always_average,
            perfect=0.0,
            digits=4,
            meaning="How far its probabilities are from the outcomes: the mean of the squared differences. "
            f"Always predicting {answer} gives {always_average:.4f}, 0 is perfect.",
        ),
    )
    return tuple(score for score in candidates if score.model is not None)


def read_event_share(metrics: Metrics) -> float | None:
    """Return the share of the test rows for which the event happened, 0 to 1."""
    return weighted_mean(read_calibration(metrics), "observed")


def weighted_mean(groups: tuple[Group, ...], field: str) -> float | None:
    """Return the mean of a field over all rows of the groups; None without rows."""
    rows = sum(group.rows for group in groups)
    return sum(group.rows * float(getattr(group, field)) for group in groups) / rows if rows else None


def read_calibration(metrics: Metrics) -> tuple[Group, ...]:
    """Return the rows grouped by predicted probability."""
    return tuple(_groups(metrics.get("calibration")))


def read_days(scoring: Metrics) -> tuple[Group, ...]:
    """Return the rows scored afterwards, grouped by day."""
    return tuple(_groups(scoring.get("days")))


def read_importance(metrics: Metrics) -> tuple[tuple[str, float], ...]:
    """Return each feature's share of the model's total gain, the largest first."""
    gains = metrics.get("importance")
    if not isinstance(gains, Mapping):
        return ()
    numbers = {str(name): value for name in gains if (value := read_number(gains, name)) is not None and value > 0}
    total = sum(numbers.values())
    return tuple(sorted(((name, value / total) for name, value in numbers.items()), key=lambda pair: -pair[1]))


def read_number(values: Mapping[str, object], key: str) -> float | None:
    """Return a finite number of a mapping; None if there is none."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _groups(entries: object) -> Iterator[Group]:
    for entry in entries if isinstance(entries, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        rows, predicted, observed = (read_number(entry, key) for key in ("rows", "predicted", "observed"))
        if rows and predicted is not None and observed is not None:
            yield Group(_name(entry), int(rows), predicted, observed)


def _name(entry: Mapping[str, object]) -> str:
    """Return the day, or the range of predictions."""
    low, high = read_number(entry, "from"), read_number(entry, "to")
    return str(entry.get("day", "")) if low is None or high is None else f"{low:.0%} to {high:.0%}"
