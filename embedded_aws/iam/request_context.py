"""The condition keys that every request has, and what its resource adds.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from embedded_aws.iam import context
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.context import Context
from embedded_aws.iam.resource_tags import OLDER, tags_of
from embedded_aws.iam.resources import AccountRegion

# Requests come from this machine, not through an endpoint of a VPC; nothing here acts for a service or an organization.
NEVER = (
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
)
# Parameters that carry the tags of a request, and their members for the name and the value.
_TAGS = ("Tags", "tags", "TagList", "ResourceTags", "TagSpecifications")
_TAG_KEYS = ("TagKeys", "tagKeys")
# CloudFormation sets such tags by itself: nobody asks for them, so nobody is asked for a permission to set them.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
SYSTEM_TAG = "aws:"


def request_keys(call: Call, remote: str) -> Context:
    """What the request itself says.

    Args:
        call: the request.
        remote: the address it comes from.
    """
    tags = {key: value for key, value in request_tags(call.parameters).items() if not key.startswith(SYSTEM_TAG)}
    named = [key for name in _TAG_KEYS for key in _texts(call.parameters.get(name))]
    known = context.of(
        {
            "aws:SourceIp": remote,
            "aws:UserAgent": call.headers.get("user-agent"),
            "aws:Referer": call.headers.get("referer"),
            "aws:TagKeys": (*tags, *named),
            **dict.fromkeys(NEVER),
        }
    )
    given = context.tags(tags)
    own = Context(known.keys, {"aws:requesttag/": given, f"{call.prefix}:requesttag/": given})
    return every_request(call.region).also(own)


def every_request(region: str) -> Context:
    """What holds of every request, whoever makes it."""
    now = datetime.now(UTC)
    return context.of(
        {
            "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "aws:EpochTime": str(int(now.timestamp())),
            # The embedded AWS speaks HTTP on this machine; on AWS every client of ours speaks TLS.
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": region,
            "aws:ViaAWSService": "false",
        }
    )


def resource_keys(resource: str | None, place: AccountRegion) -> Context:
    """What the resource adds: whose it is, and its tags."""
    account = resource.split(":")[4] if resource and resource.startswith("arn:") else ""
    families = {family: tags_of(resource, place) for family in ("aws:resourcetag/", *OLDER)}
    return Context({"aws:resourceaccount": (account or place.account,)}, families)


def request_tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a request gives to a resource, those of AWS itself included."""
    found: dict[str, str] = {}
    for name in _TAGS:
        value = parameters.get(name)
        if isinstance(value, Mapping):
            found |= {str(key): str(text) for key, text in value.items()}
        for item in value if isinstance(value, list) else ():
            for tag in item.get("Tags", [item]) if isinstance(item, Mapping) else ():
                # KMS writes TagKey and TagValue.
                key = tag.get("Key", tag.get("key", tag.get("TagKey")))
                if isinstance(key, str):
                    found[key] = str(tag.get("Value", tag.get("value", tag.get("TagValue", ""))))
    return found


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
