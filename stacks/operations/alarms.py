"""Alarms on metrics that AWS publishes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

# Counts of failures: their metrics have no data while nothing fails, so an absent value is a good one.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
_MISSING: Literal["notBreaching"] = "notBreaching"
_PERIOD_SECONDS = 300


class FailureAlarm(Construct):
    """An alarm that goes off as soon as something failed once within five minutes.

    Attributes:
        arn: the alarm.

    Args:
        description: what happened and what to do; it stands in the message.
        namespace: such as `AWS/Scheduler`.
        metric: a count of failures.
        dimensions: whose.
        topic_arn: whom to tell.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        namespace: str,
        metric: str,
        dimensions: Mapping[str, str],
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        alarm = cloudwatch.CfnAlarm(
            self,
            "Alarm",
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value) for name, value in dimensions.items()
            ],
            statistic="Sum",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data=_MISSING,
            alarm_actions=[topic_arn],
        )
        self.arn = alarm.attr_arn
