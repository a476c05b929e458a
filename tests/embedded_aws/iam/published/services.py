"""Examples of the services' own guides: keys, roles that are passed, and what SageMaker creates."""

from __future__ import annotations

from tests.embedded_aws.iam.ground import allow, deny
from tests.embedded_aws.iam.published.model import GUIDE, Example, allows, denies, for_principal
from tests.embedded_aws.iam.random_cases import OWN, ROLE, USER

_BUCKETS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide"
_SAGEMAKER = "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html"
_OBJECT = "arn:aws:s3:::site/page"
_KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/1"
_JOB = f"arn:aws:sagemaker:eu-west-1:{OWN}:training-job/j"
_NOTEBOOK = f"arn:aws:sagemaker:eu-west-1:{OWN}:notebook-instance/n"
_ANYTHING = allow("*", "*")

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
        name="a key for requests that come through services",
        page=f"{_KMS}/conditions-kms.html#conditions-kms-via-service",
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
