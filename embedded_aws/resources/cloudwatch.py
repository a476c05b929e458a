"""AWS::CloudWatch."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


def _settle_tags(context: Context, arn: str, old: Properties, new: Properties) -> None:
    update_tags(
        old,
        new,
        remove=lambda keys: call(context, "cloudwatch", "UntagResource", ResourceARN=arn, TagKeys=keys),
        add=lambda _: call(context, "cloudwatch", "TagResource", ResourceARN=arn, Tags=tags(new)),
    )


@handler
class Alarm(Handler):
    type_name = "AWS::CloudWatch::Alarm"
    ARGUMENTS = (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluateLowSampleCountPercentile",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "ThresholdMetricId",
        "TreatMissingData",
        "Unit",
    )
    QUERY = ("Expression", "Id", "Label", "MetricStat", "Period", "ReturnData")
    supported = frozenset({"AlarmName", "Tags", *ARGUMENTS, *(f"Metrics.{member}" for member in QUERY)})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("AlarmName") or context.report_generated_name(limit=255)
        if self._described(context, name):
            # PutMetricAlarm would change the alarm that exists.
            raise HandlerError(f"the alarm {name} already exists")
        self._put(context, name, properties, Tags=tags(properties))
        context.report_id(name)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, physical_id, new)
        attributes = self._attributes(context, physical_id)
        _settle_tags(context, attributes["Arn"], old, new)
        return attributes

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "cloudwatch", "DeleteAlarms", AlarmNames=[physical_id])

    def _put(self, context: Context, name: str, properties: Properties, **arguments: Any) -> None:
        given = pick(properties, "Metrics", *self.ARGUMENTS)
        call(context, "cloudwatch", "PutMetricAlarm", AlarmName=name, **given, **arguments)

    def _described(self, context: Context, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = call(context, "cloudwatch", "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
        return found

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        return {"Arn": self._described(context, name)[0]["AlarmArn"]}


@handler
class Dashboard(Handler):
    type_name = "AWS::CloudWatch::Dashboard"
    supported = frozenset({"DashboardBody", "DashboardName", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("DashboardName") or context.report_generated_name(limit=255)
        listed = call(context, "cloudwatch", "ListDashboards", DashboardNamePrefix=name)["DashboardEntries"]
        if any(dashboard["DashboardName"] == name for dashboard in listed):
            # PutDashboard would change the dashboard that exists.
            raise HandlerError(f"the dashboard {name} already exists")
        self._put(context, name, properties, Tags=tags(properties))
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, physical_id, new)
        arn = call(context, "cloudwatch", "GetDashboard", DashboardName=physical_id)["DashboardArn"]
        _settle_tags(context, arn, old, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "cloudwatch", "DeleteDashboards", DashboardNames=[physical_id])

    def _put(self, context: Context, name: str, properties: Properties, **arguments: Any) -> None:
        body = properties["DashboardBody"]
        call(context, "cloudwatch", "PutDashboard", DashboardName=name, DashboardBody=body, **arguments)
