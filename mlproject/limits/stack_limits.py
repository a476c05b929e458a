"""The limits of CloudFormation and IAM that a single template can reach."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.limits.usage import Limit, Usage

_CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
RESOURCES = Limit(name="resources", value=500, page=_CLOUDFORMATION)
PARAMETERS = Limit(name="parameters", value=200, page=_CLOUDFORMATION)
OUTPUTS = Limit(name="outputs", value=200, page=_CLOUDFORMATION)
TEMPLATE_BYTES = Limit(name="bytes of the template", value=1_048_576, page=_CLOUDFORMATION)
INLINE_POLICIES = Limit(name="characters of a role's inline policies", value=10_240, page=_IAM)
TRUST_POLICY = Limit(name="characters of a trust policy", value=2_048, page=_IAM, adjustable=True)
BUCKET_POLICY = Limit(
    name="bytes of a bucket policy",
    value=20_480,
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
)
KEY_POLICY = Limit(
    name="bytes of a key policy",
    value=32_768,
    page="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
)
ENDPOINT_POLICY = Limit(
    name="characters of an endpoint policy",
    value=20_480,
    page="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
)
# Each policy of a resource: its property, and the limit of its length.
_POLICIES: Mapping[str, tuple[tuple[str, Limit], ...]] = {
    "AWS::IAM::Role": (("Policies", INLINE_POLICIES), ("AssumeRolePolicyDocument", TRUST_POLICY)),
    "AWS::S3::BucketPolicy": (("PolicyDocument", BUCKET_POLICY),),
    "AWS::KMS::Key": (("KeyPolicy", KEY_POLICY),),
    "AWS::EC2::VPCEndpoint": (("PolicyDocument", ENDPOINT_POLICY),),
}
# Length that an unknown value, such as an ARN, takes in an estimate.
_UNKNOWN_LENGTH = 100


def stack_usage(path: str, template: str) -> Iterator[Usage]:
    """Yield the use of each limit by a stack.

    Values that only CloudFormation knows count as 100 characters each.

    Args:
        path: path of the stack in the app, such as `dev/flights/storage`.
        template: text of the template.
    """
    document: dict[str, Any] = json.loads(template)
    resources: Mapping[str, Mapping[str, Any]] = document.get("Resources", {})
    yield Usage(subject=path, limit=TEMPLATE_BYTES, count=len(template.encode()))
    yield Usage(subject=path, limit=RESOURCES, count=len(resources))
    yield Usage(subject=path, limit=PARAMETERS, count=len(document.get("Parameters", {})))
    yield Usage(subject=path, limit=OUTPUTS, count=len(document.get("Outputs", {})))
    for name, resource in resources.items():
        for key, limit in _POLICIES.get(resource["Type"], ()):
            policy = resource.get("Properties", {}).get(key)
            if policy:
                yield Usage(subject=f"{path} {name}", limit=limit, count=_length(policy))


def _length(policy: Any) -> int:
    """Return the length of policies without white space, which does not count."""
    documents = [each["PolicyDocument"] for each in policy] if isinstance(policy, list) else [policy]
    return sum(len(json.dumps(_resolved(document), separators=(",", ":"))) for document in documents)


def _resolved(value: Any) -> Any:
    """Return a value with stand-ins for what CloudFormation resolves."""
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join(str(_resolved(part)) for part in parts)
    if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
        return "x" * _UNKNOWN_LENGTH
    return {key: _resolved(each) for key, each in value.items()}
