"""The roles of a deployed project with what they may do, and the ARNs of what it consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.deployed_projects.platform import ACCOUNT, REGION, DeployedPlatform
from tests.least_privilege.grants import role_kind
from tests.stacks.assembly import listed

# ARNs of resources whose physical ID is none, where roles have permissions for their service.
_ARNS: Mapping[str, str] = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{}}",
    "AWS::EC2::SecurityGroup": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{{}}",
    "AWS::EMR::Cluster": f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/{{}}",
    "AWS::EMRServerless::Application": f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SageMaker::Pipeline": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{{}}",
    "AWS::SSM::Parameter": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{{}}",
}


@dataclass(frozen=True, kw_only=True)
class Permission:
    """An action that a statement allows.

    Args:
        action: such as `s3:GetObject`.
        resources: patterns of ARNs.
        keys: a value for each condition key of the statement, such as `s3:prefix`.
    """

    action: str
    resources: tuple[str, ...]
    keys: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class DeployedRole:
    """A role of a project.

    Args:
        kind: such as `pipeline`.
        arn: ARN of the role.
        permissions: what its policies allow.
    """

    kind: str
    arn: str
    permissions: tuple[Permission, ...]


def deployed_roles(platform: DeployedPlatform, project: str) -> list[DeployedRole]:
    """Return the roles that the stacks of a project created."""
    iam = platform.client("iam")
    return [_role(iam, name) for kind, name in _physical_ids(platform, project) if kind == "AWS::IAM::Role"]


def opening_policy(platform: DeployedPlatform, project: str) -> str:
    """Return the ARN of the policy of the people who open the notebook of a project."""
    (arn,) = (name for kind, name in _physical_ids(platform, project) if kind == "AWS::IAM::ManagedPolicy")
    return arn


def deployed_arns(platform: DeployedPlatform, project: str) -> set[str]:
    """Return the ARNs of the resources of a project."""
    found = set()
    for kind, name in _physical_ids(platform, project):
        if name.startswith("arn:"):
            found.add(name)
        elif kind in _ARNS:
            found.add(_ARNS[kind].format(name))
    return found


def _physical_ids(platform: DeployedPlatform, project: str) -> Iterator[tuple[str, str]]:
    cloudformation = platform.client("cloudformation")
    for stack in cloudformation.describe_stacks()["Stacks"]:
        if {"Key": "project", "Value": project} in stack["Tags"]:
            for each in cloudformation.describe_stack_resources(StackName=stack["StackName"])["StackResources"]:
                yield each["ResourceType"], each["PhysicalResourceId"]


def _role(iam: Any, name: str) -> DeployedRole:
    documents = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"], name
    kind = role_kind(name)
    assert kind, name
    return DeployedRole(
        kind=kind,
        arn=iam.get_role(RoleName=name)["Role"]["Arn"],
        permissions=tuple(each for document in documents for each in _permissions(document)),
    )


def _permissions(document: Mapping[str, Any]) -> Iterator[Permission]:
    for statement in document["Statement"]:
        conditions = statement.get("Condition", {}).values()
        keys = {key: listed(values)[0] for wanted in conditions for key, values in wanted.items()}
        for action in listed(statement["Action"]):
            yield Permission(action=action, resources=tuple(listed(statement["Resource"])), keys=keys)
