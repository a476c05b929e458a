"""AWS::SSM."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, pick, tag_map, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Parameter(Handler):
    type_name = "AWS::SSM::Parameter"
    # What PutParameter keeps from the version before when it is not given, with the value that means "none".
    OPTIONAL = {"Description": "", "AllowedPattern": "", "DataType": "text", "Tier": "Standard"}  # noqa: RUF012
    supported = frozenset({"Name", "Tags", "Type", "Value", *OPTIONAL})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        # The type's own naming, without the stack:
        # https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm/pull/159
        name = properties.get("Name") or f"CFN-{context.logical_id}-{context.unique_suffix}"
        call(
            context,
            "ssm",
            "PutParameter",
            Name=name,
            Tags=_tags(properties),
            **pick(properties, "Type", "Value", *self.OPTIONAL),
        )
        context.report_id(name)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        optional = {name: new.get(name, none) for name, none in self.OPTIONAL.items() if name in old or name in new}
        call(context, "ssm", "PutParameter", Name=physical_id, Overwrite=True, **pick(new, "Type", "Value"), **optional)
        resource = {"ResourceType": "Parameter", "ResourceId": physical_id}
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "ssm", "RemoveTagsFromResource", **resource, TagKeys=keys),
            add=lambda _: call(context, "ssm", "AddTagsToResource", **resource, Tags=_tags(new)),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ssm", "DeleteParameter", Name=physical_id)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        parameter = call(context, "ssm", "GetParameter", Name=name)["Parameter"]
        return {"Arn": parameter["ARN"], **pick(parameter, "Type", "Value")}


def _tags(properties: Properties) -> list[dict[str, str]] | None:
    wanted = tag_map(properties)
    return [{"Key": key, "Value": value} for key, value in wanted.items()] or None
