"""AWS::IAM::OIDCProvider."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, difference, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class OidcProvider(Handler):
    type_name = "AWS::IAM::OIDCProvider"
    supported = frozenset({"ClientIdList", "Tags", "ThumbprintList", "Url"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "iam",
            "CreateOpenIDConnectProvider",
            Url=properties["Url"],
            ClientIDList=properties.get("ClientIdList"),
            # IAM itself asks the provider for a thumbprint where the template gives none; nothing here can.
            ThumbprintList=properties.get("ThumbprintList") or [],
            Tags=tags(properties) or None,
        )["OpenIDConnectProviderArn"]
        return {"Arn": context.report_id(arn)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        provider = {"OpenIDConnectProviderArn": physical_id}
        if changed(old, new, "ThumbprintList"):
            thumbprints = new.get("ThumbprintList") or []
            call(context, "iam", "UpdateOpenIDConnectProviderThumbprint", **provider, ThumbprintList=thumbprints)
        clients = difference(old.get("ClientIdList"), new.get("ClientIdList"))
        for client in clients.added:
            call(context, "iam", "AddClientIDToOpenIDConnectProvider", **provider, ClientID=client)
        for client in clients.removed:
            call(context, "iam", "RemoveClientIDFromOpenIDConnectProvider", **provider, ClientID=client)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "iam", "UntagOpenIDConnectProvider", **provider, TagKeys=keys),
            add=lambda _: call(context, "iam", "TagOpenIDConnectProvider", **provider, Tags=tags(new)),
        )
        return {"Arn": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "iam", "DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=physical_id)
