"""AWS::EMRServerless."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from embedded_aws.resources._common import call, changed, tag_map, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

# What an application has where a template gives nothing, for updates that remove a property.
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_UpdateApplication.html
_DEFAULTS: Mapping[str, Any] = {
    "Architecture": "X86_64",
    "AutoStartConfiguration": {"Enabled": True},
    "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": 15},
    "InteractiveConfiguration": {"LivyEndpointEnabled": False, "StudioEnabled": False},
    "MonitoringConfiguration": {},
    "RuntimeConfiguration": [],
}
_UPDATED = (*_DEFAULTS, "MaximumCapacity", "NetworkConfiguration", "ReleaseLabel")


@handler
class Application(Handler):
    """An application, which CloudFormation creates and does not start."""

    type_name = "AWS::EMRServerless::Application"
    supported = frozenset({*_UPDATED, "Name", "Tags", "Type"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        given = {name: value for name, value in properties.items() if name != "Tags"}
        application = call(
            context,
            "emr-serverless",
            "CreateApplication",
            clientToken=str(uuid.uuid4()),
            tags=tag_map(properties) or None,
            **in_api_words(given),
        )["applicationId"]
        return self._attributes(context, context.report_id(application))

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        """The service refuses to change a started application, except its tags."""
        updates = {name: new.get(name, _DEFAULTS.get(name)) for name in _UPDATED if changed(old, new, name)}
        for name, value in updates.items():
            if value is None:
                raise HandlerError(f"{name} of an application cannot be removed, only changed")
        if updates:
            call(
                context,
                "emr-serverless",
                "UpdateApplication",
                applicationId=physical_id,
                clientToken=str(uuid.uuid4()),
                **in_api_words(updates),
            )
        attributes = self._attributes(context, physical_id)
        arn = attributes["Arn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "emr-serverless", "UntagResource", resourceArn=arn, tagKeys=keys),
            add=lambda tags: call(context, "emr-serverless", "TagResource", resourceArn=arn, tags=tags),
        )
        return attributes

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        """The service refuses to delete a started application.

        https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_DeleteApplication.html
        """
        about = call(context, "emr-serverless", "GetApplication", applicationId=physical_id)["application"]
        # The state of an application that was deleted, such as by a call whose answer was lost.
        if about["state"] != "TERMINATED":
            call(context, "emr-serverless", "DeleteApplication", applicationId=physical_id)

    def _attributes(self, context: Context, application: str) -> dict[str, Any]:
        about = call(context, "emr-serverless", "GetApplication", applicationId=application)["application"]
        return {"ApplicationId": application, "Arn": about["arn"]}


def in_api_words(value: Any) -> Any:
    """A template's properties by the names of the API, which begin in lower case; settings of Spark as they are."""
    if isinstance(value, list):
        return [in_api_words(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name[0].lower() + name[1:]: member if name == "Properties" else in_api_words(member)
        for name, member in value.items()
    }
