"""What the services show of each resource type, in the template's words: physical id to properties."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.live_properties.registry import Services, Shown, list_all, or_nothing, pick, reader


@reader("AWS::CDK::Metadata")
def metadata(_: Services) -> Shown:
    """Nothing: the type makes nothing anywhere."""
    return {}


@reader("AWS::KMS::Key")
def keys(services: Services) -> Shown:
    kms = services("kms")
    shown = {}
    for key in list_all(kms, "list_keys", "Keys"):
        name = key["KeyId"]
        about = kms.describe_key(KeyId=name)["KeyMetadata"]
        if about["KeyState"] == "PendingDeletion":
            continue
        rotation = kms.get_key_rotation_status(KeyId=name)
        shown[name] = {
            **pick(about, "Description", "Enabled", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
            "EnableKeyRotation": rotation["KeyRotationEnabled"],
            "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
            "KeyPolicy": json.loads(kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"]),
            "Tags": [
                {"Key": tag["TagKey"], "Value": tag["TagValue"]}
                for tag in list_all(kms, "list_resource_tags", "Tags", KeyId=name)
            ],
        }
    return shown


@reader("AWS::KMS::Alias")
def aliases(services: Services) -> Shown:
    return {
        alias["AliasName"]: pick(alias, "AliasName", "TargetKeyId")
        for alias in list_all(services("kms"), "list_aliases", "Aliases")
        if not alias["AliasName"].startswith("alias/aws/")
    }


@reader("AWS::IAM::Role")
def roles(services: Services) -> Shown:
    iam = services("iam")
    shown = {}
    for name in (role["RoleName"] for role in list_all(iam, "list_roles", "Roles")):
        role = iam.get_role(RoleName=name)["Role"]
        attached = list_all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        inline = (
            iam.get_role_policy(RoleName=name, PolicyName=policy)
            for policy in list_all(iam, "list_role_policies", "PolicyNames", RoleName=name)
        )
        shown[name] = {
            **pick(role, "RoleName", "Path", "Description", "MaxSessionDuration", "AssumeRolePolicyDocument", "Tags"),
            "PermissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
            "Policies": [pick(policy, "PolicyName", "PolicyDocument") for policy in inline],
        }
    return shown


@reader("AWS::IAM::Policy")
def inline_policies(services: Services) -> Shown:
    """Keyed by the policy's name: IAM knows no id of an inline policy."""
    iam = services("iam")
    shown: Shown = {}
    for role in (role["RoleName"] for role in list_all(iam, "list_roles", "Roles")):
        for policy in list_all(iam, "list_role_policies", "PolicyNames", RoleName=role):
            document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            known = shown.setdefault(policy, {"PolicyName": policy, "PolicyDocument": document, "Roles": []})
            known["Roles"].append(role)
    return shown


@reader("AWS::IAM::ManagedPolicy")
def managed_policies(services: Services) -> Shown:
    iam = services("iam")
    shown = {}
    for arn in (policy["Arn"] for policy in list_all(iam, "list_policies", "Policies", Scope="Local")):
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        holders = iam.list_entities_for_policy(PolicyArn=arn)
        shown[arn] = {
            "ManagedPolicyName": policy["PolicyName"],
            **pick(policy, "Path", "Description"),
            "PolicyDocument": version["Document"],
            "Roles": [role["RoleName"] for role in holders["PolicyRoles"]],
        }
    return shown


@reader("AWS::SageMaker::ModelPackageGroup")
def model_package_groups(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    return {
        group["ModelPackageGroupArn"]: {
            **pick(group, "ModelPackageGroupName", "ModelPackageGroupDescription"),
            "ModelPackageGroupPolicy": _group_policy(sagemaker, group["ModelPackageGroupName"]),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=group["ModelPackageGroupArn"]),
        }
        for group in list_all(sagemaker, "list_model_package_groups", "ModelPackageGroupSummaryList")
    }


def _group_policy(sagemaker: Any, name: str) -> Any:
    try:
        answer = sagemaker.get_model_package_group_policy(ModelPackageGroupName=name)
    except ClientError as error:
        if "Cannot find resource policy" not in error.response["Error"]["Message"]:
            raise
        return None
    return json.loads(answer["ResourcePolicy"])


@reader("AWS::SageMaker::Pipeline")
def pipelines(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown = {}
    for name in (summary["PipelineName"] for summary in list_all(sagemaker, "list_pipelines", "PipelineSummaries")):
        pipeline = sagemaker.describe_pipeline(PipelineName=name)
        shown[name] = {
            **pick(
                pipeline,
                "PipelineName",
                "PipelineDisplayName",
                "PipelineDescription",
                "RoleArn",
                "ParallelismConfiguration",
            ),
            "PipelineDefinition": {"PipelineDefinitionBody": pipeline["PipelineDefinition"]},
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=pipeline["PipelineArn"]),
        }
    return shown


@reader("AWS::SSM::Parameter")
def parameters(services: Services) -> Shown:
    ssm = services("ssm")
    shown = {}
    for about in list_all(ssm, "describe_parameters", "Parameters"):
        name = about["Name"]
        tags = list_all(ssm, "list_tags_for_resource", "TagList", ResourceType="Parameter", ResourceId=name)
        shown[name] = {
            **pick(about, "Name", "Type", "Description", "AllowedPattern", "DataType", "Tier"),
            "Value": ssm.get_parameter(Name=name)["Parameter"]["Value"],
            "Tags": {tag["Key"]: tag["Value"] for tag in tags},
        }
    return shown


@reader("AWS::Logs::LogGroup")
def log_groups(services: Services) -> Shown:
    logs = services("logs")
    return {
        group["logGroupName"]: {
            "LogGroupClass": group["logGroupClass"],
            "LogGroupName": group["logGroupName"],
            "RetentionInDays": group.get("retentionInDays"),
            "KmsKeyId": group.get("kmsKeyId"),
            "Tags": [
                {"Key": key, "Value": value}
                for key, value in logs.list_tags_log_group(logGroupName=group["logGroupName"])["tags"].items()
            ],
        }
        for group in list_all(logs, "describe_log_groups", "logGroups")
    }


@reader("AWS::ECR::Repository")
def repositories(services: Services) -> Shown:
    ecr = services("ecr")
    shown = {}
    for repository in list_all(ecr, "describe_repositories", "repositories"):
        name = repository["repositoryName"]
        encryption = repository.get("encryptionConfiguration", {})
        lifecycle = or_nothing(ecr.get_lifecycle_policy, repositoryName=name).get("lifecyclePolicyText")
        policy = or_nothing(ecr.get_repository_policy, repositoryName=name).get("policyText")
        shown[name] = {
            "RepositoryName": name,
            "ImageTagMutability": repository["imageTagMutability"],
            "ImageScanningConfiguration": {"ScanOnPush": repository["imageScanningConfiguration"]["scanOnPush"]},
            "EncryptionConfiguration": {
                "EncryptionType": encryption.get("encryptionType"),
                "KmsKey": encryption.get("kmsKey"),
            },
            "LifecyclePolicy": {"LifecyclePolicyText": lifecycle} if lifecycle else None,
            "RepositoryPolicyText": json.loads(policy) if policy else None,
            "Tags": list_all(ecr, "list_tags_for_resource", "tags", resourceArn=repository["repositoryArn"]),
        }
    return shown
