"""Examples of the policies of buckets, and of identities that use them."""

from __future__ import annotations

from tests.embedded_aws.iam.ground import allow, deny
from tests.embedded_aws.iam.published.model import GUIDE, Example, allows, denies, for_principal
from tests.embedded_aws.iam.random_cases import OTHER, OWN

_BUCKETS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide"
_SAGEMAKER = "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html"
_OBJECT = "arn:aws:s3:::site/page"
_KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/1"
_JOB = f"arn:aws:sagemaker:eu-west-1:{OWN}:training-job/j"
_NOTEBOOK = f"arn:aws:sagemaker:eu-west-1:{OWN}:notebook-instance/n"
_ANYTHING = allow("*", "*")

_ADDRESSES = {
    "IpAddress": {"aws:SourceIp": ["54.240.143.0/24", "2001:DB8:1234:5678::/64"]},
    "NotIpAddress": {"aws:SourceIp": ["54.240.143.128/30", "2001:DB8:1234:5678:ABCD::/80"]},
}

BUCKETS = (
    Example(
        name="a bucket for another account, with a canned ACL",
        page=f"{_BUCKETS}#example-bucket-policies-acl",
        owner=OTHER,
        identity=(_ANYTHING,),
        resource=(
            for_principal(
                {"AWS": [f"arn:aws:iam::{OWN}:root", "arn:aws:iam::777788889999:root"]},
                allow(
                    ["s3:PutObject", "s3:PutObjectAcl"],
                    "arn:aws:s3:::site/*",
                    {"StringEquals": {"s3:x-amz-acl": ["public-read"]}},
                ),
            ),
        ),
        requests=(
            allows("s3:PutObject", _OBJECT, {"s3:x-amz-acl": "public-read"}),
            denies("s3:PutObject", _OBJECT, {"s3:x-amz-acl": "private"}),
            denies("s3:PutObject", _OBJECT),
            denies("s3:GetObject", _OBJECT, {"s3:x-amz-acl": "public-read"}),
        ),
    ),
    Example(
        name="a bucket for some addresses",
        page=f"{_BUCKETS}#example-bucket-policies-IP",
        identity=(_ANYTHING,),
        resource=(
            for_principal(
                "*",
                deny(
                    "s3:*",
                    ["arn:aws:s3:::site", "arn:aws:s3:::site/*"],
                    {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
                ),
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT, {"aws:SourceIp": "192.0.2.7"}),
            denies("s3:GetObject", _OBJECT, {"aws:SourceIp": "203.0.113.7"}),
            denies("s3:GetObject", _OBJECT),
        ),
    ),
    Example(
        name="a bucket for addresses of both versions, without some",
        page=f"{_BUCKETS}#example-bucket-policies-IP",
        resource=(for_principal("*", allow("s3:*", ["arn:aws:s3:::site", "arn:aws:s3:::site/*"], _ADDRESSES)),),
        requests=(
            allows("s3:GetObject", _OBJECT, {"aws:SourceIp": "54.240.143.1"}),
            allows("s3:GetObject", _OBJECT, {"aws:SourceIp": "2001:DB8:1234:5678::1"}),
            denies("s3:GetObject", _OBJECT, {"aws:SourceIp": "54.240.143.129"}),
            denies("s3:GetObject", _OBJECT, {"aws:SourceIp": "2001:DB8:1234:5678:ABCD::1"}),
        ),
    ),
    Example(
        name="a bucket for the links of a site",
        page=f"{_BUCKETS}#example-bucket-policies-HTTP-HTTPS",
        resource=(
            for_principal(
                "*",
                allow(
                    ["s3:GetObject", "s3:GetObjectVersion"],
                    "arn:aws:s3:::site/*",
                    {"StringLike": {"aws:Referer": ["http://www.example.org/*", "http://example.org/*"]}},
                ),
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT, {"aws:Referer": "http://example.org/a"}),
            denies("s3:GetObject", _OBJECT, {"aws:Referer": "http://example.com/a"}),
            denies("s3:GetObject", _OBJECT),
        ),
    ),
    Example(
        name="a folder for whoever has signed in with a second factor",
        page=f"{_BUCKETS}#example-bucket-policies-MFA",
        identity=(_ANYTHING,),
        resource=(
            for_principal("*", deny("s3:*", "arn:aws:s3:::site/tax/*", {"Null": {"aws:MultiFactorAuthAge": True}})),
            for_principal(
                "*", deny("s3:*", "arn:aws:s3:::site/tax/*", {"NumericGreaterThan": {"aws:MultiFactorAuthAge": 3600}})
            ),
        ),
        requests=(
            denies("s3:GetObject", "arn:aws:s3:::site/tax/a"),
            denies("s3:GetObject", "arn:aws:s3:::site/tax/a", {"aws:MultiFactorAuthAge": "3601"}),
            allows("s3:GetObject", "arn:aws:s3:::site/tax/a", {"aws:MultiFactorAuthAge": "60"}),
            allows("s3:GetObject", _OBJECT),
        ),
    ),
    Example(
        name="any bucket, but one only after a recent second factor",
        page=f"{GUIDE}/reference_policies_examples_s3_full-access-except-production.html",
        identity=(
            allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::*/*"),
            deny(
                "s3:*",
                ["arn:aws:s3:::live", "arn:aws:s3:::live/*"],
                {"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "1800"}},
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT),
            denies("s3:GetObject", "arn:aws:s3:::live/a"),
            denies("s3:GetObject", "arn:aws:s3:::live/a", {"aws:MultiFactorAuthAge": "1801"}),
            allows("s3:GetObject", "arn:aws:s3:::live/a", {"aws:MultiFactorAuthAge": "1800"}),
        ),
    ),
    Example(
        name="addresses of the company, and services that call for its people",
        page=f"{GUIDE}/reference_policies_examples_aws_deny-ip.html",
        identity=(
            _ANYTHING,
            deny(
                "*",
                "*",
                {
                    "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
                    "Bool": {"aws:ViaAWSService": "false"},
                },
            ),
        ),
        requests=(
            allows("ec2:DescribeVpcs", "*", {"aws:SourceIp": "192.0.2.1", "aws:ViaAWSService": "false"}),
            denies("ec2:DescribeVpcs", "*", {"aws:SourceIp": "198.51.100.1", "aws:ViaAWSService": "false"}),
            allows("ec2:DescribeVpcs", "*", {"aws:SourceIp": "198.51.100.1", "aws:ViaAWSService": "true"}),
        ),
    ),
)
