"""Alarms on metrics that AWS services publish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

# Metrics that count failures have no data while nothing fails.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
_MISSING_DATA: Literal["notBreaching"] = "notBreaching"
_PERIOD_SECONDS = 300
_LANGUAGES = ("en", "es")


class FailureAlarm(Construct):
    """Alarm on at least one failure within five minutes.

    Attributes:
        arn: ARN of the alarm.

    Args:
        description: cause and remedy, included in the message.
        runbook: name of the alarm's page in docs/en/runbooks/ and docs/es/runbooks/, which the message links.
        namespace: such as `AWS/Scheduler`.
        metric: metric that counts failures.
        dimensions: dimensions of the metric.
        topic_arn: topic that is notified.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        runbook: str,
        namespace: str,
        metric: str,
        dimensions: Mapping[str, str],
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        alarm = cloudwatch.CfnAlarm(
            self,
            "Alarm",
            alarm_description=f"{description} {runbook_links(runbook)}",
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
            treat_missing_data=_MISSING_DATA,
            alarm_actions=[topic_arn],
        )
        self.arn = alarm.attr_arn


def runbook_links(name: str) -> str:
    """Return the end of an alarm's description: paths in this repository, which are the same wherever it is hosted.

    Args:
        name: name of the alarm's page in docs/en/runbooks/ and docs/es/runbooks/.
    """
    return f"Runbook: {', '.join(f'docs/{language}/runbooks/{name}.md' for language in _LANGUAGES)}"
