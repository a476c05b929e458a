"""What a template says about itself: parameters, types, capabilities; and where a template comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.template import Template

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_LIMIT = 51_200
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
_NAMED_BY = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_IAM_TYPES = frozenset({*_NAMED_BY, "AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"})


def check_body(body: str) -> str:
    """Refuse a body that AWS takes through S3 only."""
    if len(body.encode()) > BODY_LIMIT:
        raise CloudFormationError(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have "
            f"length less than or equal to {BODY_LIMIT}"
        )
    return body


def fetch(url: str, client: Callable[[str], Any]) -> str:
    """Read a template from the embedded AWS's S3.

    Args:
        url: path style (`http://localhost:5000/bucket/key`) or with the bucket in the host's name.

    Raises:
        CloudFormationError: there is no such object.
    """
    bucket, key, version = location(url)
    arguments = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    try:
        return str(client("s3").get_object(**arguments)["Body"].read().decode())
    except ClientError as error:
        raise CloudFormationError(f"S3 error: {error.response['Error']['Message']} ({url})") from error


def location(url: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of an S3 URL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = unquote(parts.path).lstrip("/")
    version = parse_qs(parts.query).get("versionId", [None])[0]
    if ".s3." in host or ".s3-" in host:
        bucket, key = host.split(".s3", maxsplit=1)[0], path
    elif host.endswith(".localhost"):
        bucket, key = host.removesuffix(".localhost"), path
    else:
        bucket, _, key = path.partition("/")
    if not bucket or not key:
        raise CloudFormationError("TemplateURL must be a supported URL.")
    return bucket, key, version


def capabilities(template: Template) -> tuple[list[str], str | None]:
    """The capabilities that a caller has to acknowledge, and why."""
    types = sorted({d.type_name for d in template.resources.values() if d.type_name in _IAM_TYPES})
    if not types:
        return [], None
    named = any(
        _NAMED_BY.get(definition.type_name) in definition.properties for definition in template.resources.values()
    )
    reason = f"The following resource(s) require capabilities: [{', '.join(types)}]"
    return ["CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"], reason


def check_capabilities(template: Template, given: tuple[str, ...]) -> None:
    """Refuse IAM resources that the caller has not acknowledged.

    Raises:
        CloudFormationError: InsufficientCapabilitiesException.
    """
    needed, _ = capabilities(template)
    if needed and not {*needed, "CAPABILITY_NAMED_IAM"} & set(given):
        raise CloudFormationError(f"Requires capabilities : {needed}", code="InsufficientCapabilitiesException")


def summary(template: Template) -> dict[str, Any]:
    """What GetTemplateSummary answers."""
    needed, reason = capabilities(template)
    return {
        "Parameters": [_parameter(name, body) for name, body in template.parameters.items()],
        "Description": template.description,
        "Capabilities": needed,
        "CapabilitiesReason": reason,
        "ResourceTypes": sorted({definition.type_name for definition in template.resources.values()}),
        "Version": "2010-09-09",
        "Metadata": json.dumps(template.metadata) if template.metadata else None,
        "DeclaredTransforms": [],
    }


def _parameter(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    default = body.get("Default")
    return {
        "ParameterKey": name,
        "DefaultValue": None if default is None else str(default),
        "ParameterType": body.get("Type", "String"),
        "NoEcho": str(body.get("NoEcho", False)).lower() == "true",
        "Description": body.get("Description"),
        "ParameterConstraints": {"AllowedValues": [str(value) for value in body.get("AllowedValues", [])]},
    }
