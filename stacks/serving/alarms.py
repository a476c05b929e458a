"""Alarms on the errors and the latency of an endpoint, which also roll a deployment back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from mlproject.aws_rules.hosting import VARIANT
from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.failure_alarm import runbook_links

# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html: each invocation counts as 0 or 1 error, so
# that the average is a rate. The limits are ours.
_SERVER_ERROR_RATE = 0.01
_CLIENT_ERROR_RATE = 0.05
_PERIOD_SECONDS = 60
_NO_ACTION = {
    "NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction": (
        "The project has no operations, so nobody is notified; the alarm rolls deployments back."
    )
}
_MICROSECONDS = 1000  # in a millisecond


@dataclass(frozen=True, kw_only=True)
class _Limit:
    metric: str
    threshold: float
    meaning: str
    runbook: str


class EndpointAlarms(Construct):
    """An alarm for each limit of an endpoint. Without requests there is no data, and no alarm.

    Attributes:
        names: names of the alarms.

    Args:
        endpoint: name of the endpoint.
        maximum_latency_ms: latency of the model above which an alarm is raised, in milliseconds.
        topic_arns: topics that are notified.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: str,
        maximum_latency_ms: int,
        topic_arns: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        limits = (
            _Limit(
                metric="Invocation5XXErrors",
                threshold=_SERVER_ERROR_RATE,
                meaning=f"More than {_SERVER_ERROR_RATE:.0%} of the requests failed in the model's container",
                runbook="endpoint-errors",
            ),
            _Limit(
                metric="Invocation4XXErrors",
                threshold=_CLIENT_ERROR_RATE,
                meaning=f"The model's container refused more than {_CLIENT_ERROR_RATE:.0%} of the requests",
                runbook="endpoint-refusals",
            ),
            _Limit(
                metric="ModelLatency",
                threshold=maximum_latency_ms * _MICROSECONDS,
                meaning=f"The model took more than {maximum_latency_ms} ms on average",
                runbook="endpoint-latency",
            ),
        )
        self.names = [self._alarm(limit, endpoint=endpoint, topic_arns=topic_arns).ref for limit in limits]

    def _alarm(self, limit: _Limit, *, endpoint: str, topic_arns: Sequence[str]) -> cloudwatch.CfnAlarm:
        alarm = cloudwatch.CfnAlarm(
            self,
            limit.metric,
            alarm_description=(
                f"{limit.meaning} within a minute, at the endpoint {endpoint}. Look at the log group "
                f"/aws/sagemaker/Endpoints/{endpoint}; `mlproject serve rollback` returns to the previous version. "
                f"{runbook_links(limit.runbook)}"
            ),
            namespace="AWS/SageMaker",
            metric_name=limit.metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="EndpointName", value=endpoint),
                cloudwatch.CfnAlarm.DimensionProperty(name="VariantName", value=VARIANT),
            ],
            statistic="Average",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=limit.threshold,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=list(topic_arns) or None,
        )
        if not topic_arns:
            acknowledge(alarm, _NO_ACTION)
        return alarm
