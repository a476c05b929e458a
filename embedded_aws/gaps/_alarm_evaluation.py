"""The state of a metric alarm, from its data points.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
# CloudWatch reads more data points than it evaluates. It does not document how many; its examples read 5 for 3.
EXTRA_DATA_POINTS = 2

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html. The operators for anomaly
# detection compare with a band, which only metric math has.
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """When an alarm changes its state.

    Args:
        comparison: a key of COMPARISONS.
        threshold: value with which each data point is compared.
        evaluation_periods: number of data points that are evaluated.
        datapoints_to_alarm: number of these that must breach the threshold.
        missing: `missing`, `ignore`, `breaching` or `notBreaching`.
    """

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str

    @property
    def evaluation_range(self) -> int:
        """Number of data points that are read."""
        return self.evaluation_periods + EXTRA_DATA_POINTS


def evaluate_alarm(rule: AlarmRule, values: Sequence[float | None], *, state: str) -> str:
    """Return the state of an alarm.

    Args:
        rule: when the alarm changes its state.
        values: the data points of the evaluation range, oldest first. None is a missing one.
        state: the current state.
    """
    breaches = COMPARISONS[rule.comparison]
    points = [None if value is None else breaches(value, rule.threshold) for value in values]
    present = [point for point in points if point is not None]
    if len(present) >= rule.evaluation_periods:
        return _outcome(rule, sum(present[-rule.evaluation_periods :]))
    filled = rule.evaluation_periods - len(present)
    if rule.missing == "breaching":
        return _outcome(rule, sum(present) + filled)
    if rule.missing == "notBreaching" or not all(present) or sum(present) >= rule.datapoints_to_alarm:
        return _outcome(rule, sum(present))
    return _without_other_data(rule, points, state=state)


def _without_other_data(rule: AlarmRule, points: Sequence[bool | None], *, state: str) -> str:
    """Return the state if every data point breaches or is missing, and too few of them breach."""
    if rule.missing == "ignore":
        return state
    if True not in points:
        return INSUFFICIENT_DATA
    # The alarm is not raised before the oldest data point is old enough: data that arrives late can still prevent it.
    age = len(points) - points.index(True)
    return ALARM if age >= rule.datapoints_to_alarm else state


def _outcome(rule: AlarmRule, breaching: int) -> str:
    return ALARM if breaching >= rule.datapoints_to_alarm else OK
