"""Flow logs of a VPC in an encrypted log group."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.encryption_key import EncryptionKey
from stacks.constructs.service_role import Grant, ServiceRole

_RETENTION_DAYS = 365


class FlowLogs(Construct):
    """Flow logs of a VPC, retained for a year in a log group with its own key.

    Args:
        vpc_id: the VPC.
        account: account of the VPC.
        role_path: path of the role.
        removal_policy: removal policy of the log group and its key.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        account: str,
        role_path: str,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        key = EncryptionKey(
            self,
            "Encryption",
            description=f"Flow logs of {stack.stack_name}",
            alias=None,
            # CloudFormation generates the name of the log group, which starts with the name of the stack.
            region=stack.region,
            log_groups=f"arn:{stack.partition}:logs:{stack.region}:{account}:log-group:{stack.stack_name}-*",
            removal_policy=removal_policy,
        )
        group = logs.CfnLogGroup(self, "Group", retention_in_days=_RETENTION_DAYS, kms_key_id=key.arn)
        group.apply_removal_policy(removal_policy)
        role = ServiceRole(
            self,
            "Delivery",
            service="vpc-flow-logs.amazonaws.com",
            account=account,
            path=role_path,
            # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
            grants=[
                Grant(
                    sid="WriteFlowLogs",
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[group.attr_arn],
                    reason="delivery of the flow logs",
                )
            ],
        )
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.attr_arn,
            deliver_logs_permission_arn=role.arn,
        )
