"""Permissions of the EMR service to create and terminate the clusters of one project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from mlproject.aws_rules.grants import Grant

_TAGGED_RESOURCE = {"StringEquals": {f"aws:ResourceTag/{TAG}": TAG_VALUE}}
_TAGGED_REQUEST = {"StringEquals": {f"aws:RequestTag/{TAG}": TAG_VALUE}}


def service_grants(
    *,
    partition: str,
    region: str,
    account: str,
    vpc_arn: str,
    subnet_arns: Sequence[str],
    security_group_ids: Sequence[str],
    node_role_arn: str,
    key_arn: str,
) -> list[Grant]:
    """Return the grants of AmazonEMRServicePolicy_v2, limited to one account, network and node role.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html. That policy passes only
    `EMR_EC2_DefaultRole`. Unused permissions are omitted: security groups and placement groups created by EMR, key
    pairs, reserved capacity, dedicated hosts, automatic scaling, and VPC endpoints, which would cost money and block
    the deletion of the network. Each action is granted only on the resource types that EC2 supports for it
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).

    Args:
        partition: such as `aws`.
        region: such as `eu-west-1`.
        account: twelve digits.
        vpc_arn: ARN of the VPC.
        subnet_arns: ARNs of the cluster's subnets, which must have the tag.
        security_group_ids: security groups of the cluster.
        node_role_arn: ARN of the node role, which is passed to EC2.
        key_arn: ARN of the key that encrypts the volumes.
    """
    ec2 = f"arn:{partition}:ec2:{region}"
    groups = [f"{ec2}:{account}:security-group/{group}" for group in security_group_ids]
    instances, volumes, templates, interfaces, fleets = (
        f"{ec2}:{account}:{kind}/*" for kind in ("instance", "volume", "launch-template", "network-interface", "fleet")
    )
    return [
        _grant(
            "CreateInNetwork",
            ["CreateFleet", "CreateNetworkInterface", "RunInstances"],
            [*subnet_arns, *groups],
            _TAGGED_RESOURCE,
            "nodes in the project's security groups and the environment's subnets, which another account may share",
        ),
        _grant(
            "CreateLaunchTemplate",
            ["CreateLaunchTemplate"],
            [templates],
            _TAGGED_REQUEST,
            "launch templates of the nodes. Their ids are not known in advance",
        ),
        _grant(
            "LaunchFromTemplate",
            ["CreateFleet", "CreateLaunchTemplateVersion", "RunInstances"],
            [templates],
            _TAGGED_RESOURCE,
            "only launch templates created by EMR. Their ids are not known in advance",
        ),
        _grant(
            "CreateNodes",
            ["CreateFleet", "RunInstances"],
            [instances, volumes],
            _TAGGED_REQUEST,
            "nodes and their volumes. Their ids are not known in advance",
        ),
        _grant(
            "LaunchWith",
            ["CreateFleet", "RunInstances"],
            [interfaces, f"{ec2}::image/ami-*", fleets],
            None,
            "images of EMR and resources of an instance. Their ids are not known in advance",
        ),
        _grant(
            "CreateServiceInterface",
            ["CreateNetworkInterface"],
            [interfaces],
            _TAGGED_REQUEST,
            "network interface with which EMR reaches nodes in a private subnet. Its id is not known in advance",
        ),
        _grant(
            "TagWhatIsCreated",
            ["CreateTags"],
            [instances, volumes, interfaces, templates],
            {
                "StringEquals": {
                    "ec2:CreateAction": [
                        "CreateFleet",
                        "CreateLaunchTemplate",
                        "CreateNetworkInterface",
                        "RunInstances",
                    ]
                }
            },
            "tags of the cluster on new resources",
        ),
        _grant(
            "TagOwn",
            ["CreateTags", "DeleteTags"],
            [instances, volumes, interfaces, templates],
            _TAGGED_RESOURCE,
            "changes of the cluster's tags, only on resources created by EMR",
        ),
        _grant(
            "EndNodes",
            ["DeleteLaunchTemplate", "DeleteNetworkInterface", "ModifyInstanceAttribute", "TerminateInstances"],
            [instances, interfaces, templates],
            _TAGGED_RESOURCE,
            "resizing and termination, only of resources created by EMR",
        ),
        _grant(
            "CheckGroupRules",
            [
                "AuthorizeSecurityGroupEgress",
                "AuthorizeSecurityGroupIngress",
                "RevokeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
            ],
            groups,
            _TAGGED_RESOURCE,
            "EMR adds missing inbound rules",
        ),
        _grant(
            "DescribeNodes",
            [
                "DescribeAccountAttributes",
                "DescribeDhcpOptions",
                "DescribeImages",
                "DescribeInstanceTypeOfferings",
                "DescribeInstances",
                "DescribeLaunchTemplates",
                "DescribeNetworkAcls",
                "DescribeNetworkInterfaces",
                "DescribeRouteTables",
                "DescribeSecurityGroups",
                "DescribeSubnets",
                "DescribeVolumeStatus",
                "DescribeVolumes",
                "DescribeVpcEndpoints",
                "DescribeVpcs",
            ],
            ["*"],
            None,
            "the Describe actions of EC2 have no resource-level permissions",
        ),
        _grant(
            "DescribeVpc",
            ["DescribeVpcAttribute"],
            [vpc_arn],
            None,
            "DNS settings of the VPC, which another account may share",
        ),
        Grant(
            sid="PassNodeRole",
            actions=["iam:PassRole"],
            resources=[node_role_arn],
            condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            reason="the nodes run only with the project's role",
        ),
        *_volume_encryption(key_arn),
    ]


def _grant(
    sid: str, actions: Sequence[str], resources: Sequence[str], condition: dict[str, Any] | None, why: str
) -> Grant:
    return Grant(
        sid=sid, actions=[f"ec2:{action}" for action in actions], resources=resources, condition=condition, reason=why
    )


def _volume_encryption(key_arn: str) -> list[Grant]:
    """Grants on the key. EBS encrypts volumes with the permissions of the caller that starts the instance.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    """
    return [
        Grant(
            sid="EncryptVolumes",
            actions=[
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            resources=[key_arn],
            reason="EBS encrypts the volumes of nodes",
        ),
        Grant(
            sid="LendKeyToVolumes",
            actions=["kms:CreateGrant"],
            resources=[key_arn],
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            reason="an encrypted volume requires a grant on the key",
        ),
    ]
