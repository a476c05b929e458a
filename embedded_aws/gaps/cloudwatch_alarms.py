"""The evaluation of CloudWatch alarms, and their notifications."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, Statistics
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sns.exceptions import SNSNotFoundError
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from embedded_aws.gaps._alarm_evaluation import (
    ALARM,
    COMPARISONS,
    INSUFFICIENT_DATA,
    OK,
    AlarmRule,
    evaluate_alarm,
)
from embedded_aws.gaps._registry import fills

log = logging.getLogger(__name__)

_put_metric_data = CloudWatchBackend.put_metric_data
_set_alarm_state = CloudWatchBackend.set_alarm_state
_describe_alarms = CloudWatchResponse.describe_alarms

STATISTICS = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
EVALUATION_INTERVAL = timedelta(minutes=1)
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
SUBJECT_LIMIT = 99


@fills(
    CloudWatchBackend,
    "put_metric_data",
    service="cloudwatch",
    what="alarms on one metric and statistic, evaluated when data arrives; percentiles, metric math and composite "
    "alarms keep their state",
    why="moto evaluates no alarm",
)
def put_metric_data(self: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    _put_metric_data(self, namespace, metric_data)
    names = {datum["MetricName"] for datum in metric_data}
    _evaluate(
        self, [each for each in self.alarms.values() if each.namespace == namespace and each.metric_name in names]
    )


@fills(
    CloudWatchResponse,
    "describe_alarms",
    service="cloudwatch",
    what="DescribeAlarms, which first evaluates the alarms that were not evaluated for a minute",
    why="moto evaluates no alarm",
)
def describe_alarms(self: Any) -> ActionResult:
    backend = self.cloudwatch_backend
    oldest = utcnow() - EVALUATION_INTERVAL
    _evaluate(backend, [alarm for alarm in backend.alarms.values() if _last_evaluation(alarm) <= oldest])
    return _describe_alarms(self)


@fills(
    CloudWatchBackend,
    "set_alarm_state",
    service="cloudwatch",
    what="SetAlarmState, which sends the notification of the new state",
    why="moto sends none",
)
def set_alarm_state(self: Any, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
    before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else ""
    _set_alarm_state(self, alarm_name, reason, reason_data, state_value)
    if state_value != before:
        _notify(self, self.alarms[alarm_name], before)


def _last_evaluation(alarm: Any) -> datetime:
    """The time of the last evaluation; a state that was set holds until the next one."""
    evaluated: datetime = getattr(alarm, "evaluated_at", alarm.configuration_updated_timestamp)
    changed: datetime = alarm.state_updated_timestamp
    return max(evaluated, changed)


def _evaluate(backend: Any, alarms: Iterable[Any]) -> None:
    now = utcnow()
    for alarm in alarms:
        rule = _rule(alarm)
        if rule is None:
            continue
        alarm.evaluated_at = now
        values = _data_points(backend, alarm, rule, now)
        before, state = alarm.state_value, evaluate_alarm(rule, values, state=alarm.state_value)
        if state == before:
            continue
        shown = [value for value in values if value is not None]
        reason = f"Threshold Crossed: {len(shown)} datapoints {shown} were evaluated against the threshold "
        reason += f"({rule.threshold}), {rule.datapoints_to_alarm} out of the last {rule.evaluation_periods} needed."
        data = {"version": "1.0", "statistic": alarm.statistic, "period": alarm.period, "recentDatapoints": shown}
        alarm.update_state(reason, json.dumps({**data, "threshold": rule.threshold}), state)
        _notify(backend, alarm, before)


def _rule(alarm: Any) -> AlarmRule | None:
    """How an alarm is evaluated; None for the kinds that are not evaluated here."""
    if alarm.rule is not None or alarm.metric_data_queries or alarm.statistic not in STATISTICS:
        return None
    if alarm.comparison_operator not in COMPARISONS:
        return None
    # Alarms on this namespace ignore missing data, whatever they say (see _alarm_evaluation).
    missing = "ignore" if alarm.namespace == "AWS/DynamoDB" else alarm.treat_missing_data or "missing"
    periods = int(alarm.evaluation_periods)
    return AlarmRule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        evaluation_periods=periods,
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or periods),
        missing=missing,
    )


def _data_points(backend: Any, alarm: Any, rule: AlarmRule, now: datetime) -> list[float | None]:
    """The values of the last periods, oldest first. The latest period ends now.

    Data with other dimensions is another metric, even if the alarm's are a part of them:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#dimension-combinations
    """
    dimensions = _dimensions(alarm)
    data = [
        (_naive(datum.timestamp), datum)
        for datum in backend.metric_data
        if (datum.namespace, datum.name) == (alarm.namespace, alarm.metric_name)
        and _dimensions(datum) == dimensions
        and alarm.unit in (None, datum.unit)
    ]
    period = timedelta(seconds=int(alarm.period))
    found: list[float | None] = []
    for index in range(rule.evaluation_range, 0, -1):
        start, end = now - index * period, now - (index - 1) * period
        statistics = Statistics([alarm.statistic], start)
        statistics.metric_data = [datum for at, datum in data if start < at <= end]
        value = statistics.get_statistics_for_type(alarm.statistic) if statistics.metric_data else None
        found.append(None if value is None else float(value))
    return found


def _dimensions(owner: Any) -> set[tuple[str, str]]:
    return {(dimension.name, dimension.value) for dimension in owner.dimensions}


def _naive(moment: datetime) -> datetime:
    """A time in UTC without a zone, as moto's own are."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _notify(backend: Any, alarm: Any, before: str) -> None:
    """Publish a change of state to the topics of the new state."""
    actions = {
        OK: alarm.ok_actions,
        ALARM: alarm.alarm_actions,
        INSUFFICIENT_DATA: alarm.insufficient_data_actions,
    }[alarm.state_value]
    for arn in (actions or ()) if alarm.actions_enabled else ():
        parts = parse_arn(arn)
        if parts.service != "sns":
            continue
        subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'[:SUBJECT_LIMIT]
        message = json.dumps(_message(backend, alarm, before))
        try:
            sns_backends[parts.account][parts.region].publish(message=message, arn=arn, subject=subject)
        except SNSNotFoundError:
            # As on AWS, only the history of the alarm says that an action failed.
            alarm.history.append(("Action", f"Failed to execute action {arn}", "{}", before, utcnow()))
            log.warning("the alarm %s notifies the topic %s, which does not exist", alarm.name, arn)


def _message(backend: Any, alarm: Any, before: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": backend.account_id,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": f"{alarm.state_updated_timestamp:%Y-%m-%dT%H:%M:%S.000+0000}",
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "StatisticType": "Statistic",
            "Statistic": str(alarm.statistic).upper(),
            "Unit": alarm.unit,
            "Dimensions": [{"name": name, "value": value} for name, value in sorted(_dimensions(alarm))],
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "DatapointsToAlarm": alarm.datapoints_to_alarm or alarm.evaluation_periods,
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": alarm.threshold,
            "TreatMissingData": alarm.treat_missing_data or "missing",
        },
    }
