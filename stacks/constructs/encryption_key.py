"""A KMS key whose policy allows the services that encrypt with it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.service_role import Statement

# AWS's page uses wildcards (`ReEncrypt*`). The full list does not grant future actions.
_LOGS_ACTIONS = (
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
# Actions of services that publish to an encrypted topic. AWS's page uses `GenerateDataKey*`.
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
_PUBLISHER_ACTIONS = ("Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
# Services that publish, and whether they send aws:SourceAccount to KMS. EventBridge does not: with aws:SourceAccount or
# aws:SourceArn in the key policy, it silently delivers nothing (the same page).
_PUBLISHERS = {"budgets": True, "cloudwatch": True, "events": False}


class EncryptionKey(Construct):
    """A rotated key that services may use for certain log groups and topics.

    IAM policies of the account control all other access. CDK adds no statement for CloudWatch Logs, without which the
    creation of an encrypted log group fails:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Neither does it for an encrypted topic, which then receives no messages from alarms, events and budgets. Only the
    history of the alarm and the metric FailedInvocations of the rule report it:
    https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns and
    https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification

    Args:
        description: what the key encrypts.
        alias: alias of the key, `alias/...`, or None.
        region: such as `eu-west-1`.
        log_groups: ARN pattern of the log groups that the key may encrypt.
        removal_policy: removal policy of the key.
        topics: ARN pattern of the SNS topics to which alarms, events and budgets publish, or None.
        readers: statements that allow other accounts to decrypt, for promotions.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        alias: str | None,
        region: str,
        log_groups: str,
        removal_policy: cdk.RemovalPolicy,
        topics: str | None = None,
        readers: Sequence[Statement] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=description,
            alias=alias,
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchLogs",
                principals=[iam.ServicePrincipal(f"logs.{region}.amazonaws.com")],
                actions=[f"kms:{action}" for action in _LOGS_ACTIONS],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
            )
        )
        if topics:
            for service, sends_account in _PUBLISHERS.items():
                self._allow_publishing(service, topics, sends_account=sends_account)
        for statement in readers:
            self.key.add_to_resource_policy(iam.PolicyStatement.from_json(statement))
        self.arn = self.key.key_arn

    def _allow_publishing(self, service: str, topics: str, *, sends_account: bool) -> None:
        """Allow a service to use the key for these topics only. SNS uses the topic as encryption context.

        https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/queue-notification-sns-sse.html
        """
        conditions = {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}}
        if sends_account:
            conditions["StringEquals"] = {"aws:SourceAccount": cdk.Stack.of(self).account}
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"Publish{service.capitalize()}",
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=[f"kms:{action}" for action in _PUBLISHER_ACTIONS],
                resources=["*"],
                conditions=conditions,
            )
        )
