"""What the pipeline's metrics say, as typed values: scores beside the baseline, calibration, days, importance.

The files come from the pipeline's own scripts, which a project may change: a number that is missing stays missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlproject.report.model import Question

Metrics = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Score:
    """A metric of the model beside the baseline's.

    Args:
        guessing: the value of an answer that knows nothing.
        perfect: the value of an answer that is always right; its side of `guessing` is the better one.
        digits: decimals to show.
        meaning: what it measures, in words a newcomer understands.
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
        """Which way is better."""
        return self.perfect > self.guessing

    @property
    def gain(self) -> float | None:
        """How much better than the baseline the model is, in the metric's unit; negative when worse."""
        if self.model is None or self.baseline is None:
            return None
        return self.model - self.baseline if self.higher_is_better else self.baseline - self.model

    def worse_than_guessing(self, value: float | None) -> bool:
        """Whether an answer that knows nothing is better."""
        return value is not None and (value < self.guessing) == self.higher_is_better and value != self.guessing

    def way(self, value: float | None) -> float:
        """How far a value is on the way from guessing (0) to perfect (1)."""
        if value is None:
            return 0.0
        return min(max((value - self.guessing) / (self.perfect - self.guessing), 0.0), 1.0)


@dataclass(frozen=True)
class Group:
    """Rows whose predictions are compared with what happened.

    Args:
        name: a day, or a range of predictions.
        rows: how many.
        predicted: mean of the predicted probabilities, 0 to 1.
        observed: share of the rows for which the event happened, 0 to 1.
    """

    name: str
    rows: int
    predicted: float
    observed: float


def scores(metrics: Metrics, question: Question) -> tuple[Score, ...]:
    """The three metrics of a yes-or-no question; empty when the file has none of them."""
    share = event_share(metrics)
    always_average = 0.25 if share is None else share * (1 - share)
    answer = "50%" if share is None else "the average"
    found = (
        Score(
            key="auc",
            name="AUC",
            model=number(metrics, "auc"),
            baseline=number(metrics, "baseline_auc"),
            guessing=0.5,
            perfect=1.0,
            digits=3,
            meaning=f"How well it ranks: of all pairs of one {question.event} and one other among the "
            f"{question.things}, the share in which the {question.event} one gets the higher risk. "
            "0.5 is a coin toss, 1 is perfect.",
        ),
        Score(
            key="average_precision",
            name="Average precision",
            model=number(metrics, "average_precision"),
            baseline=number(metrics, "baseline_average_precision"),
            guessing=share or 0.0,
            perfect=1.0,
            digits=3,
            meaning=f"How clean its alarms are: go down the {question.things} from the highest risk, calling each an "
            f"alarm; this is the share of alarms that prove {question.event}, averaged on the way. "
            + (f"{share:.3f} is guessing, 1 is perfect." if share else "1 is perfect."),
        ),
        Score(
            key="brier",
            name="Brier score",
            model=number(metrics, "brier"),
            baseline=number(metrics, "baseline_brier"),
            guessing=always_average,
            perfect=0.0,
            digits=4,
            meaning="How far its probabilities are from what happened: the mean of the squared differences. "
            f"Always answering {answer} gives {always_average:.4f}, 0 is perfect.",
        ),
    )
    return tuple(score for score in found if score.model is not None)


def event_share(metrics: Metrics) -> float | None:
    """For which share of the tested rows the event happened, 0 to 1, out of the calibration's groups."""
    return overall(calibration(metrics), "observed")


def overall(groups: tuple[Group, ...], field: str) -> float | None:
    """The mean of a field over all rows of the groups."""
    rows = sum(group.rows for group in groups)
    return sum(group.rows * float(getattr(group, field)) for group in groups) / rows if rows else None


def calibration(metrics: Metrics) -> tuple[Group, ...]:
    """The rows, grouped by what was predicted."""
    return tuple(_groups(metrics.get("calibration")))


def days(scoring: Metrics) -> tuple[Group, ...]:
    """The rows scored afterwards, by day."""
    return tuple(_groups(scoring.get("days")))


def importance(metrics: Metrics) -> tuple[tuple[str, float], ...]:
    """Each feature's share of the model's whole gain, the largest first."""
    gains = metrics.get("importance")
    if not isinstance(gains, Mapping):
        return ()
    numbers = {str(name): value for name in gains if (value := number(gains, name)) is not None and value > 0}
    whole = sum(numbers.values())
    return tuple(sorted(((name, value / whole) for name, value in numbers.items()), key=lambda pair: -pair[1]))


def number(values: Mapping[str, object], key: str) -> float | None:
    """A finite number of a mapping; None where there is none."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _groups(entries: object) -> Iterator[Group]:
    for entry in entries if isinstance(entries, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        rows, predicted, observed = (number(entry, key) for key in ("rows", "predicted", "observed"))
        if rows and predicted is not None and observed is not None:
            yield Group(_name(entry), int(rows), predicted, observed)


def _name(entry: Mapping[str, object]) -> str:
    """The day, or the range of predictions."""
    low, high = number(entry, "from"), number(entry, "to")
    return str(entry.get("day", "")) if low is None or high is None else f"{low:.0%} to {high:.0%}"
