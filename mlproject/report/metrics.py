"""The metrics of the model and of the baseline as typed values."""

from __future__ import annotations

from dataclasses import dataclass

from mlproject.report.formatting import significant_decimals
from mlproject.report.model import Outputs
from mlproject.report.settings import Metric, ReportSettings
from mlproject.report.values import read_number
from mlproject.translation import format_number, translated


@dataclass(frozen=True, kw_only=True)
class Score:
    """A metric of the model and of the baseline.

    Args:
        model, baseline: None if the pipeline did not report the value.
        guessing: the value of a model without information; None if it is not declared.
        perfect: the value of a perfect model; None if it is not declared.
        decimals: decimal places to show.
        description: a short explanation of the metric; may be empty.
    """

    label: str
    model: float | None
    baseline: float | None
    higher_is_better: bool
    decimals: int
    guessing: float | None = None
    perfect: float | None = None
    description: str = ""

    @property
    def gain(self) -> float | None:
        """The improvement over the baseline, in the metric's unit; negative if the model is worse."""
        if self.model is None or self.baseline is None:
            return None
        return self.model - self.baseline if self.higher_is_better else self.baseline - self.model

    def is_worse_than_guessing(self, value: float | None) -> bool:
        """Return whether a value is worse than that of a model without information."""
        if value is None or self.guessing is None:
            return False
        return value < self.guessing if self.higher_is_better else value > self.guessing

    def position(self, value: float | None) -> float | None:
        """Return the position of a value between guessing (0) and perfect (1); None if these are not declared."""
        if self.guessing is None or self.perfect is None:
            return None
        return 0.0 if value is None else min(max((value - self.guessing) / (self.perfect - self.guessing), 0.0), 1.0)

    def format(self, value: float | None) -> str:
        """Return a value with the metric's decimal places."""
        return translated("not reported") if value is None else format_number(value, f",.{self.decimals}f")


def read_scores(settings: ReportSettings, outputs: Outputs) -> tuple[Score, ...]:
    """Return the declared metrics whose files the pipeline wrote."""
    return tuple(_score(metric, outputs) for metric in settings.metrics if metric.source in outputs.contents)


def _score(metric: Metric, outputs: Outputs) -> Score:
    model, baseline = (read_number(outputs, metric, path) for path in (metric.path, metric.baseline))
    return Score(
        label=metric.label,
        model=model,
        baseline=baseline,
        higher_is_better=metric.direction == "higher",
        decimals=significant_decimals(model, baseline) if metric.decimals is None else metric.decimals,
        guessing=metric.guessing,
        perfect=metric.perfect,
        description=metric.description or "",
    )


def has_baseline(settings: ReportSettings) -> bool:
    """Return whether a metric is compared with a baseline."""
    return any(metric.baseline for metric in settings.metrics)
