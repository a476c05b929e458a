"""AWS::IAM: instance profiles, by which EC2 instances have a role."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, difference, ignoring, pick
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class InstanceProfile(Handler):
    type_name = "AWS::IAM::InstanceProfile"
    supported = frozenset({"InstanceProfileName", "Path", "Roles"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        profile = call(
            context,
            "iam",
            "CreateInstanceProfile",
            InstanceProfileName=properties.get("InstanceProfileName") or context.report_generated_name(limit=128),
            **pick(properties, "Path"),
        )["InstanceProfile"]
        name = context.report_id(profile["InstanceProfileName"])
        self._settle_roles(context, name, {}, properties)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_roles(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._settle_roles(context, physical_id, properties, {})
        call(context, "iam", "DeleteInstanceProfile", InstanceProfileName=physical_id)

    def _settle_roles(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """A profile holds one role: the old one leaves before the new one comes."""
        roles = difference(old.get("Roles"), new.get("Roles"))
        for role in roles.removed:
            with ignoring("NoSuchEntity"):
                call(context, "iam", "RemoveRoleFromInstanceProfile", InstanceProfileName=name, RoleName=role)
        for role in roles.added:
            call(context, "iam", "AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=role)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        profile = call(context, "iam", "GetInstanceProfile", InstanceProfileName=name)["InstanceProfile"]
        return {"Arn": profile["Arn"], "InstanceProfileName": name}
