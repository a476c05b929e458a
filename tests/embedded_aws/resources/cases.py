"""A case for each resource type that has a handler, as data."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_applications import APPLICATION_CASES
from tests.embedded_aws.resources.cases_data import DATA_CASES
from tests.embedded_aws.resources.cases_ec2 import EC2_CASES
from tests.embedded_aws.resources.cases_emr import EMR_CASES
from tests.embedded_aws.resources.cases_emr_serverless import EMR_SERVERLESS_CASES
from tests.embedded_aws.resources.cases_messaging import MESSAGING_CASES
from tests.embedded_aws.resources.cases_notebooks import NOTEBOOK_CASES
from tests.embedded_aws.resources.cases_operations import OPERATIONS_CASES
from tests.embedded_aws.resources.harness import Case
from tests.embedded_aws.resources.s3.cases_s3 import S3_CASES


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def document(*actions: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
    }


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def key_policy(sid: str) -> dict[str, Any]:
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": sid, "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}],
    }


def pipeline(step: str) -> dict[str, str]:
    return {"PipelineDefinitionBody": f'{{"Version": "2020-12-01", "Steps": [{{"Name": "{step}", "Type": "Fail"}}]}}'}


def role(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com")},
    }


ROLES = {"One": role("contract-one"), "Two": role("contract-two")}
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/contract-one"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
KEYS = {
    name: {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": key_policy("All")}} for name in ("KeyOne", "KeyTwo")
}
MANAGED = {
    name: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document("s3:GetObject")}}
    for name in ("Reading", "Bounding")
}
LIFECYCLE_TEXT = (
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed",'
    '"countUnit":"days","countNumber":365},"action":{"type":"expire"}}]}'
)

OTHER_CASES = (
    Case(type="AWS::CDK::Metadata", first={"Analytics": "v2:deflate64:1"}, changed={"Modules": "a=1"}),
    Case(
        type="AWS::KMS::Key",
        first={
            "Description": "first",
            "EnableKeyRotation": "true",
            "RotationPeriodInDays": "180",
            "KeyPolicy": key_policy("First"),
            "PendingWindowInDays": 7,
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "Origin": "AWS_KMS",
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "Enabled": "false",
            "KeyPolicy": key_policy("Second"),
            "PendingWindowInDays": 7,
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "Origin": "AWS_KMS",
            "Tags": tags(a="2"),
        },
        defaults={"Enabled": True, "EnableKeyRotation": False},
        unread=frozenset({"PendingWindowInDays"}),
    ),
    Case(
        type="AWS::KMS::Alias",
        dependencies=KEYS,
        first={"AliasName": "alias/contract", "TargetKeyId": ref("KeyOne")},
        changed={"AliasName": "alias/contract", "TargetKeyId": ref("KeyTwo")},
        replaced={"AliasName": "alias/contract-other", "TargetKeyId": ref("KeyTwo")},
    ),
    Case(
        type="AWS::IAM::Role",
        dependencies=MANAGED,
        first={
            "RoleName": "contract-role",
            "Path": "/team/",
            "Description": "first",
            "MaxSessionDuration": "7200",
            "AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com"),
            "ManagedPolicyArns": [ref("Reading"), "arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "PermissionsBoundary": ref("Bounding"),
            "Policies": [
                {"PolicyName": "one", "PolicyDocument": document("s3:GetObject")},
                {"PolicyName": "two", "PolicyDocument": document("s3:GetObject")},
            ],
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "RoleName": "contract-role",
            "Path": "/team/",
            "AssumeRolePolicyDocument": trust("ec2.amazonaws.com"),
            "ManagedPolicyArns": [ref("Bounding")],
            "Policies": [{"PolicyName": "two", "PolicyDocument": document("s3:PutObject")}],
            "Tags": tags(a="2"),
        },
        replaced={"RoleName": "contract-role-other", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com")},
        defaults={"Path": "/", "MaxSessionDuration": 3600},
    ),
    Case(
        type="AWS::IAM::Policy",
        dependencies=ROLES,
        key="PolicyName",
        first={"PolicyName": "contract", "PolicyDocument": document("s3:GetObject"), "Roles": [ref("One")]},
        changed={
            "PolicyName": "contract-other",
            "PolicyDocument": document("s3:PutObject"),
            "Roles": [ref("Two")],
        },
    ),
    Case(
        type="AWS::IAM::ManagedPolicy",
        dependencies=ROLES,
        first={
            "ManagedPolicyName": "contract",
            "Path": "/team/",
            "Description": "first",
            "PolicyDocument": document("s3:GetObject"),
            "Roles": [ref("One")],
        },
        changed={
            "ManagedPolicyName": "contract",
            "Path": "/team/",
            "Description": "first",
            "PolicyDocument": document("s3:PutObject"),
            "Roles": [ref("Two")],
        },
        replaced={"ManagedPolicyName": "contract-other", "PolicyDocument": document("s3:GetObject")},
        defaults={"Path": "/"},
    ),
    Case(
        type="AWS::SageMaker::ModelPackageGroup",
        first={
            "ModelPackageGroupName": "contract",
            "ModelPackageGroupDescription": "first",
            "ModelPackageGroupPolicy": document("sagemaker:DescribeModelPackage"),
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "ModelPackageGroupName": "contract",
            "ModelPackageGroupDescription": "first",
            "Tags": tags(a="2"),
        },
        replaced={"ModelPackageGroupName": "contract-other"},
    ),
    Case(
        type="AWS::SageMaker::Pipeline",
        first={
            "PipelineName": "contract",
            "PipelineDisplayName": "contract-shown",
            "PipelineDescription": "first",
            "PipelineDefinition": pipeline("First"),
            "RoleArn": ROLE_ARN,
            "ParallelismConfiguration": {"MaxParallelExecutionSteps": "2"},
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "PipelineName": "contract",
            "PipelineDefinition": pipeline("Second"),
            "RoleArn": f"{ROLE_ARN}-other",
            "ParallelismConfiguration": {"MaxParallelExecutionSteps": 3},
            "Tags": tags(a="2"),
        },
        replaced={
            "PipelineName": "contract-other",
            "PipelineDisplayName": "contract",
            "PipelineDefinition": pipeline("First"),
            "RoleArn": ROLE_ARN,
        },
        defaults={"PipelineDisplayName": "contract"},
    ),
    Case(
        type="AWS::SSM::Parameter",
        first={
            "Name": "/contract/first",
            "Type": "String",
            "Value": "1",
            "Description": "first",
            "AllowedPattern": "[0-9]+",
            "Tier": "Standard",
            "DataType": "text",
            "Tags": {"a": "1", "b": "1"},
        },
        changed={"Name": "/contract/first", "Type": "StringList", "Value": "2,3", "Tags": {"a": "2"}},
        replaced={"Name": "/contract/other", "Type": "String", "Value": "1"},
        defaults={"Tier": "Standard", "DataType": "text"},
    ),
    Case(
        type="AWS::Logs::LogGroup",
        first={
            "LogGroupName": "/contract/first",
            "RetentionInDays": "30",
            "KmsKeyId": KEY_ARN,
            "Tags": tags(a="1", b="1"),
        },
        changed={"LogGroupName": "/contract/first", "Tags": tags(a="2")},
        replaced={"LogGroupName": "/contract/other"},
        defaults={"LogGroupClass": "STANDARD"},
    ),
    Case(
        type="AWS::Logs::LogGroup",
        variant="of another class",
        first={"LogGroupClass": "INFREQUENT_ACCESS", "LogGroupName": "/contract/class"},
        changed={
            "LogGroupClass": "INFREQUENT_ACCESS",
            "LogGroupName": "/contract/class",
            "RetentionInDays": 7,
        },
    ),
    Case(
        type="AWS::ECR::Repository",
        first={
            "RepositoryName": "contract",
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": "true"},
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": KEY_ARN},
            "LifecyclePolicy": {"LifecyclePolicyText": LIFECYCLE_TEXT},
            "RepositoryPolicyText": trust("lambda.amazonaws.com"),
            "EmptyOnDelete": True,
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "RepositoryName": "contract",
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": KEY_ARN},
            "Tags": tags(a="2"),
        },
        replaced={"RepositoryName": "contract-other", "EncryptionConfiguration": {"EncryptionType": "AES256"}},
        defaults={"ImageTagMutability": "MUTABLE", "ImageScanningConfiguration": {"ScanOnPush": False}},
        unread=frozenset({"EmptyOnDelete"}),
    ),
)

CASES = (
    *APPLICATION_CASES,
    *DATA_CASES,
    *EC2_CASES,
    *EMR_CASES,
    *EMR_SERVERLESS_CASES,
    *MESSAGING_CASES,
    *NOTEBOOK_CASES,
    *OPERATIONS_CASES,
    *OTHER_CASES,
    *S3_CASES,
)
