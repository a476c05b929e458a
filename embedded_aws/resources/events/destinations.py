"""AWS::Events: connections and API destinations."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, pick
from embedded_aws.resources.handler import Context, Handler, Properties, handler

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html
_DEFAULT_RATE = 300


@handler
class Connection(Handler):
    """OAuth, private endpoints and parameters of the body are refused, since no request is made with them."""

    type_name = "AWS::Events::Connection"
    SETTINGS = ("AuthorizationType", "AuthParameters", "Description")
    supported = frozenset(
        {
            "AuthorizationType",
            "AuthParameters.ApiKeyAuthParameters",
            "AuthParameters.BasicAuthParameters",
            "AuthParameters.InvocationHttpParameters.HeaderParameters",
            "AuthParameters.InvocationHttpParameters.QueryStringParameters",
            "Description",
            "Name",
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.generated_name(limit=64)
        call(context, "events", "CreateConnection", Name=name, **pick(properties, *self.SETTINGS))
        context.report_id(name)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        settings = {"Description": "", **pick(new, *self.SETTINGS)}
        call(context, "events", "UpdateConnection", Name=physical_id, **settings)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "events", "DeleteConnection", Name=physical_id)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        found = call(context, "events", "DescribeConnection", Name=name)
        arn = found["ConnectionArn"]
        return {"Arn": arn, "ArnForPolicy": _without_id(arn), "SecretArn": found["SecretArn"]}


@handler
class ApiDestination(Handler):
    type_name = "AWS::Events::ApiDestination"
    # What a template gives, with what UpdateApiDestination takes for "none".
    SETTINGS: ClassVar[dict[str, Any]] = {"Description": "", "InvocationRateLimitPerSecond": _DEFAULT_RATE}
    REQUIRED = ("ConnectionArn", "HttpMethod", "InvocationEndpoint")
    supported = frozenset({"Name", *REQUIRED, *SETTINGS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.generated_name(limit=64)
        given = {**self.SETTINGS, **pick(properties, *self.REQUIRED, *self.SETTINGS)}
        arn = call(context, "events", "CreateApiDestination", Name=name, **given)["ApiDestinationArn"]
        context.report_id(name)
        return {"Arn": arn, "ArnForPolicy": _without_id(arn)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        given = {**self.SETTINGS, **pick(new, *self.REQUIRED, *self.SETTINGS)}
        arn = call(context, "events", "UpdateApiDestination", Name=physical_id, **given)["ApiDestinationArn"]
        return {"Arn": arn, "ArnForPolicy": _without_id(arn)}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "events", "DeleteApiDestination", Name=physical_id)


def _without_id(arn: str) -> str:
    """The ARN for policies, without the id that AWS puts behind the name."""
    return arn.rpartition("/")[0]
