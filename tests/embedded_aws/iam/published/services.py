"""Examples of the services' own guides: buckets, keys, roles that are passed, and what SageMaker creates."""

from __future__ import annotations

from tests.embedded_aws.iam.ground import allow, deny
from tests.embedded_aws.iam.published.model import (
    GUIDE,
    OTHER,
    OWN,
    ROLE,
    USER,
    Example,
    allows,
    denies,
    for_principal,
)

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
_NETWORK = {
    "ForAllValues:StringEquals": {
        "sagemaker:VpcSubnets": ["subnet-1"],
        "sagemaker:VpcSecurityGroupIds": ["sg-1", "sg-2"],
    },
    "Null": {"sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"},
}
_PRIVATE = {
    "StringEquals": {"sagemaker:DirectInternetAccess": "Disabled", "sagemaker:RootAccess": "Disabled"},
    "Null": {"sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"},
}

SERVICES = (
    Example(
        name="a bucket for another account, with a canned ACL",
        page=f"{_BUCKETS}#example-bucket-policies-acl",
        owner=OTHER,
        identity=(_ANYTHING,),
        resource=(
            for_principal(
                {"AWS": [f"arn:aws:iam::{OWN}:root", "arn:aws:iam::111122223333:root"]},
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
    Example(
        name="a key for requests that come through services",
        page=f"{_KMS}/conditions-kms.html#conditions-kms-via-service",
        needs_resource_policy=True,
        resource=(
            for_principal(
                {"AWS": USER},
                allow(
                    ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "*",
                    {"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com"]}},
                ),
            ),
            for_principal(
                {"AWS": USER},
                deny("kms:Encrypt", "*", {"StringEquals": {"kms:ViaService": ["lambda.eu-west-1.amazonaws.com"]}}),
            ),
            for_principal({"AWS": USER}, allow("kms:Encrypt", "*")),
        ),
        requests=(
            allows("kms:GenerateDataKeyWithoutPlaintext", _KEY, {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}),
            denies("kms:Decrypt", _KEY, {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}),
            denies("kms:Decrypt", _KEY),
            denies("kms:Encrypt", _KEY, {"kms:ViaService": "lambda.eu-west-1.amazonaws.com"}),
            allows("kms:Encrypt", _KEY),
        ),
    ),
    Example(
        name="a key for requests with an encryption context",
        page=f"{_KMS}/conditions-kms.html#conditions-kms-encryption-context-keys",
        needs_resource_policy=True,
        resource=(
            for_principal({"AWS": USER}, allow("kms:Encrypt", "*", {"Null": {"kms:EncryptionContextKeys": False}})),
            for_principal(
                {"AWS": USER}, allow("kms:Decrypt", "*", {"StringEquals": {"kms:EncryptionContext:App": "shop"}})
            ),
        ),
        requests=(
            allows("kms:Encrypt", _KEY, {"kms:EncryptionContextKeys": ("App",)}),
            denies("kms:Encrypt", _KEY),
            allows("kms:Decrypt", _KEY, {"kms:EncryptionContext:App": "shop"}),
            denies("kms:Decrypt", _KEY, {"kms:EncryptionContext:App": "Shop"}),
        ),
    ),
    Example(
        name="grants on a key, for services and for some operations",
        page=f"{_KMS}/conditions-kms.html#conditions-kms-grant-operations",
        needs_resource_policy=True,
        resource=(
            for_principal(
                {"AWS": USER},
                allow(
                    "kms:CreateGrant",
                    "*",
                    {
                        "Bool": {"kms:GrantIsForAWSResource": True},
                        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "ReEncryptTo"]},
                    },
                ),
            ),
        ),
        requests=(
            allows("kms:CreateGrant", _KEY, {"kms:GrantIsForAWSResource": "true", "kms:GrantOperations": ("Encrypt",)}),
            denies(
                "kms:CreateGrant", _KEY, {"kms:GrantIsForAWSResource": "false", "kms:GrantOperations": ("Encrypt",)}
            ),
            denies(
                "kms:CreateGrant",
                _KEY,
                {"kms:GrantIsForAWSResource": "true", "kms:GrantOperations": ("Encrypt", "Decrypt")},
            ),
        ),
    ),
    Example(
        name="a key whose policy leaves it to the account",
        page=f"{_KMS}/key-policy-default.html#key-policy-default-allow-root-enable-iam",
        needs_resource_policy=True,
        identity=(allow("kms:Decrypt", _KEY),),
        resource=(for_principal({"AWS": f"arn:aws:iam::{OWN}:root"}, allow("kms:*", "*")),),
        requests=(allows("kms:Decrypt", _KEY), denies("kms:Encrypt", _KEY), denies("kms:Decrypt", f"{_KEY}2")),
    ),
    Example(
        name="a role that is passed to one service",
        page=f"{GUIDE}/reference_policies_examples_iam-passrole-service.html",
        identity=(allow("iam:PassRole", "*", {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),),
        requests=(
            allows("iam:PassRole", ROLE, {"iam:PassedToService": "sagemaker.amazonaws.com"}),
            denies("iam:PassRole", ROLE, {"iam:PassedToService": "ec2.amazonaws.com"}),
        ),
    ),
    Example(
        name="training in a network",
        page=f"{_SAGEMAKER}#sagemaker-condition-vpc",
        identity=(allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob"], "*", _NETWORK),),
        requests=(
            allows(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {"sagemaker:VpcSubnets": ("subnet-1",), "sagemaker:VpcSecurityGroupIds": ("sg-1", "sg-2")},
            ),
            denies(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {"sagemaker:VpcSubnets": ("subnet-2",), "sagemaker:VpcSecurityGroupIds": ("sg-1",)},
            ),
            denies("sagemaker:CreateTrainingJob", _JOB, {"sagemaker:VpcSubnets": ("subnet-1",)}),
            denies("sagemaker:CreateTrainingJob", _JOB),
        ),
    ),
    Example(
        name="training on some instances, isolated from the network, with one key",
        page=f"{_SAGEMAKER}#sagemaker-condition-instance",
        identity=(
            allow(
                "sagemaker:CreateTrainingJob",
                "*",
                {
                    "ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.c5.*"]},
                    "Bool": {"sagemaker:NetworkIsolation": "true"},
                    "ArnEquals": {"sagemaker:VolumeKmsKey": _KEY},
                },
            ),
        ),
        requests=(
            allows(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {
                    "sagemaker:InstanceTypes": ("ml.c5.xlarge",),
                    "sagemaker:NetworkIsolation": "true",
                    "sagemaker:VolumeKmsKey": _KEY,
                },
            ),
            denies(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {
                    "sagemaker:InstanceTypes": ("ml.c5.xlarge", "ml.p3.2xlarge"),
                    "sagemaker:NetworkIsolation": "true",
                    "sagemaker:VolumeKmsKey": _KEY,
                },
            ),
            denies(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {
                    "sagemaker:InstanceTypes": ("ml.c5.xlarge",),
                    "sagemaker:NetworkIsolation": "false",
                    "sagemaker:VolumeKmsKey": _KEY,
                },
            ),
            denies(
                "sagemaker:CreateTrainingJob",
                _JOB,
                {"sagemaker:InstanceTypes": ("ml.c5.xlarge",), "sagemaker:NetworkIsolation": "true"},
            ),
        ),
    ),
    Example(
        name="notebooks without internet and root",
        page=f"{_SAGEMAKER}#sagemaker-condition-nbi-lockdown",
        identity=(
            allow("sagemaker:CreateNotebookInstance", "*", _PRIVATE),
            allow("sagemaker:UpdateNotebookInstance", "*", {"StringEquals": {"sagemaker:RootAccess": "Disabled"}}),
        ),
        requests=(
            allows(
                "sagemaker:CreateNotebookInstance",
                _NOTEBOOK,
                {
                    "sagemaker:DirectInternetAccess": "Disabled",
                    "sagemaker:RootAccess": "Disabled",
                    "sagemaker:VpcSubnets": ("subnet-1",),
                    "sagemaker:VpcSecurityGroupIds": ("sg-1",),
                },
            ),
            denies(
                "sagemaker:CreateNotebookInstance",
                _NOTEBOOK,
                {"sagemaker:DirectInternetAccess": "Disabled", "sagemaker:RootAccess": "Disabled"},
            ),
            denies(
                "sagemaker:CreateNotebookInstance",
                _NOTEBOOK,
                {
                    "sagemaker:DirectInternetAccess": "Enabled",
                    "sagemaker:RootAccess": "Disabled",
                    "sagemaker:VpcSubnets": ("subnet-1",),
                    "sagemaker:VpcSecurityGroupIds": ("sg-1",),
                },
            ),
            allows("sagemaker:UpdateNotebookInstance", _NOTEBOOK, {"sagemaker:RootAccess": "Disabled"}),
            denies("sagemaker:UpdateNotebookInstance", _NOTEBOOK, {"sagemaker:RootAccess": "Enabled"}),
        ),
    ),
    Example(
        name="labelling by a public team",
        page=f"{_SAGEMAKER}#sagemaker-condition-keys-labeling",
        identity=(
            _ANYTHING,
            deny(
                "sagemaker:CreateLabelingJob",
                "*",
                {"ArnLike": {"sagemaker:WorkteamArn": "arn:aws:sagemaker:*:*:workteam/public-crowd/*"}},
            ),
        ),
        requests=(
            denies(
                "sagemaker:CreateLabelingJob",
                "*",
                {"sagemaker:WorkteamArn": "arn:aws:sagemaker:us-west-2:1:workteam/public-crowd/default"},
            ),
            allows(
                "sagemaker:CreateLabelingJob",
                "*",
                {"sagemaker:WorkteamArn": "arn:aws:sagemaker:us-west-2:1:workteam/private-crowd/own"},
            ),
        ),
    ),
)
