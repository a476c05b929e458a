"""What EMR itself may do to make and end one project's clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from stacks.constructs.service_role import Grant

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
    """AmazonEMRServicePolicy_v2, narrowed to one account, one network and one role of nodes.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html. That policy passes nothing but
    `EMR_EC2_DefaultRole`. Left out, since nothing here uses it: security groups and placement groups that EMR makes,
    key pairs, reserved capacity, dedicated hosts, scaling by rules, and VPC endpoints, which AWS's policy allows in a
    VPC with the tag only: one of EMR's own would cost money and keep the network from being deleted. An action stands
    with resources of the types that EC2 knows for it
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).

    Args:
        partition: such as `aws`.
        region: such as `eu-west-1`.
        account: twelve digits.
        vpc_arn: the network.
        subnet_arns: where clusters may be; the subnets must carry the tag.
        security_group_ids: the three groups of the cluster.
        node_role_arn: the role of the nodes, passed to EC2.
        key_arn: the key that encrypts the volumes.
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
            "nodes in the project's own groups and the environment's subnets; a shared subnet has another owner",
        ),
        _grant(
            "CreateLaunchTemplate",
            ["CreateLaunchTemplate"],
            [templates],
            _TAGGED_REQUEST,
            "the templates of the nodes; their ids are unknown before",
        ),
        _grant(
            "LaunchFromTemplate",
            ["CreateFleet", "CreateLaunchTemplateVersion", "RunInstances"],
            [templates],
            _TAGGED_RESOURCE,
            "only from templates that EMR made; their ids are unknown before",
        ),
        _grant(
            "CreateNodes",
            ["CreateFleet", "RunInstances"],
            [instances, volumes],
            _TAGGED_REQUEST,
            "the nodes and their volumes; their ids are unknown before",
        ),
        _grant(
            "LaunchWith",
            ["CreateFleet", "RunInstances"],
            [interfaces, f"{ec2}::image/ami-*", fleets],
            None,
            "EMR's own images, and what comes with an instance; their ids are unknown before",
        ),
        _grant(
            "CreateServiceInterface",
            ["CreateNetworkInterface"],
            [interfaces],
            _TAGGED_REQUEST,
            "the interface with which EMR reaches the nodes of a private subnet; its id is unknown before",
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
            "the cluster's tags on what it consists of, while that is made",
        ),
        _grant(
            "TagOwn",
            ["CreateTags", "DeleteTags"],
            [instances, volumes, interfaces, templates],
            _TAGGED_RESOURCE,
            "a change of the cluster's tags, on what EMR made only",
        ),
        _grant(
            "EndNodes",
            ["DeleteLaunchTemplate", "DeleteNetworkInterface", "ModifyInstanceAttribute", "TerminateInstances"],
            [instances, interfaces, templates],
            _TAGGED_RESOURCE,
            "resizing and terminating, of what EMR made only",
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
            "EMR adds inbound rules that it misses",
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
            "EC2's Describe actions know no resource",
        ),
        _grant(
            "DescribeVpc",
            ["DescribeVpcAttribute"],
            [vpc_arn],
            None,
            "whether the network resolves names; a shared one has another owner",
        ),
        Grant(
            sid="PassNodeRole",
            actions=["iam:PassRole"],
            resources=[node_role_arn],
            condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            reason="the nodes run with the project's role and with no other",
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
    """EBS encrypts with the permissions of whoever starts the instance.

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
            reason="EBS encrypts the nodes' volumes",
        ),
        Grant(
            sid="LendKeyToVolumes",
            actions=["kms:CreateGrant"],
            resources=[key_arn],
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            reason="an encrypted volume keeps a grant on the key",
        ),
    ]
