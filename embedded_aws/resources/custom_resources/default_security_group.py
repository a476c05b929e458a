"""Custom::VpcRestrictDefaultSG."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, ignoring
from embedded_aws.resources.custom_resources._custom_resource import CustomResource
from embedded_aws.resources.handler import Context, Properties, handler


@handler
class VpcRestrictDefaultSG(CustomResource):
    type_name = "Custom::VpcRestrictDefaultSG"
    supported = frozenset({"Account", "DefaultSecurityGroupId", "ServiceToken"})

    def on_create(self, context: Context, properties: Properties) -> None:
        group = properties["DefaultSecurityGroupId"]
        for direction in ("Egress", "Ingress"):
            with ignoring("InvalidPermission.NotFound"):
                self._change(context, f"RevokeSecurityGroup{direction}", group, properties["Account"])

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        if changed(old, new, "DefaultSecurityGroupId"):
            self.on_delete(context, {**new, "DefaultSecurityGroupId": old["DefaultSecurityGroupId"]})
            self.on_create(context, new)

    def on_delete(self, context: Context, properties: Properties) -> None:
        for direction in ("Ingress", "Egress"):
            group = properties["DefaultSecurityGroupId"]
            self._change(context, f"AuthorizeSecurityGroup{direction}", group, properties["Account"])

    def _change(self, context: Context, operation: str, group: str, account: str) -> None:
        """Authorize or revoke the rules of every default group: all from itself, all to anywhere.

        https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
        """
        peers: dict[str, Any] = (
            {"UserIdGroupPairs": [{"GroupId": group, "UserId": account}]}
            if operation.endswith("Ingress")
            else {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        )
        call(context, "ec2", operation, GroupId=group, IpPermissions=[{"IpProtocol": "-1", **peers}])
