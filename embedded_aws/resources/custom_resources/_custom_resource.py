"""What the custom resources share: their function's permissions, their ids, their flags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from embedded_aws.resources._common import boolean, call
from embedded_aws.resources.handler import Context, Handler, Properties

LAMBDA = "lambda.amazonaws.com"


class CustomResource(Handler):
    """A custom resource, given as what its function does to create, update and delete.

    The methods `on_create`, `on_update` and `on_delete` work with the permissions of the role of the function that
    the property ServiceToken names.
    """

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        function = as_function(context, properties)
        context.report_id(self.physical_id(context, properties))
        self.on_create(function, properties)
        return self.attributes(properties)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self.on_update(as_function(context, new), old, new)
        return self.attributes(new)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self.on_delete(as_function(context, properties), properties)

    def physical_id(self, context: Context, properties: Properties) -> str:
        """The id that the function answers with; CloudFormation's request id where it answers with none."""
        return str(uuid4())

    def attributes(self, properties: Properties) -> dict[str, Any]:
        """What Fn::GetAtt reads."""
        return {}

    def on_create(self, context: Context, properties: Properties) -> None:
        raise NotImplementedError

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        raise NotImplementedError

    def on_delete(self, context: Context, properties: Properties) -> None:
        raise NotImplementedError


def as_function(context: Context, properties: Properties) -> Context:
    """The same context, whose clients have the permissions of the function's role."""
    function = call(context, "lambda", "GetFunctionConfiguration", FunctionName=properties["ServiceToken"])
    if context.client_as is None:
        return context
    return replace(context, client=context.client_as(function["Role"], service=LAMBDA))


def is_true(properties: Properties, name: str, *, default: bool) -> bool:
    """A property of a custom resource as a boolean; CloudFormation passes booleans as text."""
    return boolean(properties.get(name, default)) is True
