"""AWS::Logs: streams, metric filters, resource policies and saved queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.resources._common import call, pick, text
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class LogStream(Handler):
    type_name = "AWS::Logs::LogStream"
    supported = frozenset({"LogGroupName", "LogStreamName"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("LogStreamName") or context.report_generated_name(limit=512)
        call(context, "logs", "CreateLogStream", logGroupName=properties["LogGroupName"], logStreamName=name)
        context.report_id(name)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        group = properties["LogGroupName"]
        call(context, "logs", "DeleteLogStream", logGroupName=group, logStreamName=physical_id)


@handler
class MetricFilter(Handler):
    type_name = "AWS::Logs::MetricFilter"
    supported = frozenset(
        {
            "FilterName",
            "FilterPattern",
            "LogGroupName",
            *(
                f"MetricTransformations.{name}"
                for name in ("DefaultValue", "Dimensions", "MetricName", "MetricNamespace", "MetricValue", "Unit")
            ),
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("FilterName") or context.report_generated_name(limit=512)
        group = properties["LogGroupName"]
        listed = call(context, "logs", "DescribeMetricFilters", logGroupName=group, filterNamePrefix=name)
        if any(each["filterName"] == name for each in listed["metricFilters"]):
            # PutMetricFilter would change the filter that exists.
            raise HandlerError(f"the metric filter {name} of {group} already exists")
        self._put(context, name, properties)
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, physical_id, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        group = properties["LogGroupName"]
        call(context, "logs", "DeleteMetricFilter", logGroupName=group, filterName=physical_id)

    def _put(self, context: Context, name: str, properties: Properties) -> None:
        call(
            context,
            "logs",
            "PutMetricFilter",
            filterName=name,
            filterPattern=properties["FilterPattern"],
            logGroupName=properties["LogGroupName"],
            metricTransformations=[_transformation(each) for each in properties["MetricTransformations"]],
        )


def _transformation(given: Mapping[str, Any]) -> dict[str, Any]:
    """In the words of the API, which has a map for the dimensions."""
    made = {f"{name[0].lower()}{name[1:]}": value for name, value in given.items() if name != "Dimensions"}
    dimensions = {each["Key"]: each["Value"] for each in given.get("Dimensions") or []}
    return {**made, "dimensions": dimensions} if dimensions else made


@handler
class ResourcePolicy(Handler):
    type_name = "AWS::Logs::ResourcePolicy"
    supported = frozenset({"PolicyDocument", "PolicyName"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties["PolicyName"]
        listed = call(context, "logs", "DescribeResourcePolicies")["resourcePolicies"]
        if any(each["policyName"] == name for each in listed):
            raise HandlerError(f"the resource policy {name} already exists")
        self._put(context, name, properties)
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, physical_id, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "logs", "DeleteResourcePolicy", policyName=physical_id)

    def _put(self, context: Context, name: str, properties: Properties) -> None:
        document = text(properties["PolicyDocument"])
        call(context, "logs", "PutResourcePolicy", policyName=name, policyDocument=document)


@handler
class QueryDefinition(Handler):
    type_name = "AWS::Logs::QueryDefinition"
    supported = frozenset({"LogGroupNames", "Name", "QueryLanguage", "QueryString"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        query = self._put(context, properties)
        return {"QueryDefinitionId": context.report_id(query)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        return {"QueryDefinitionId": self._put(context, new, queryDefinitionId=physical_id)}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "logs", "DeleteQueryDefinition", queryDefinitionId=physical_id)

    def _put(self, context: Context, properties: Properties, **changed: str) -> str:
        given = pick(properties, "LogGroupNames", "Name", "QueryLanguage", "QueryString")
        arguments = {f"{name[0].lower()}{name[1:]}": value for name, value in given.items()}
        query: str = call(context, "logs", "PutQueryDefinition", **arguments, **changed)["queryDefinitionId"]
        return query
