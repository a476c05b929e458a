"""A KMS key with the statements that the services need which encrypt with it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

# AWS's page gives these with wildcards (`ReEncrypt*`); spelled out, so that a new action is not granted unseen.
_LOGS_ACTIONS = (
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
# What a service needs that publishes to an encrypted topic; the page gives `GenerateDataKey*`.
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
_PUBLISHER_ACTIONS = ("Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
# The services that publish, and whether they tell KMS for which account. EventBridge does not: with aws:SourceAccount
# or aws:SourceArn in the key's policy it delivers nothing, and says nothing (the same page).
_PUBLISHERS = {"budgets": True, "cloudwatch": True, "events": False}


class EncryptionKey(Construct):
    """A rotated key that the account's IAM policies govern, and that services may use for some log groups and topics.

    CDK writes no statement for CloudWatch Logs, and an encrypted log group then fails to create:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Nor does it for an encrypted topic: then nobody hears of alarms, events and budgets. The alarm's history and the
    rule's metric FailedInvocations tell why, to whoever looks there:
    https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns and
    https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification

    Args:
        description: what the key encrypts.
        alias: the name that people type, `alias/...`; None for a key that nobody types.
        region: such as `eu-west-1`.
        log_groups: the ARNs of the log groups that the key may encrypt, with wildcards.
        removal_policy: of the key.
        topics: the ARNs of the SNS topics to which alarms, events and budgets publish, with wildcards; None without.
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
            for service, tells_account in _PUBLISHERS.items():
                self._let_publish(service, topics, tells_account=tells_account)
        self.arn = self.key.key_arn

    def _let_publish(self, service: str, topics: str, *, tells_account: bool) -> None:
        """SNS encrypts with the topic as context, so the key serves these topics only.

        https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/queue-notification-sns-sse.html
        """
        conditions = {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}}
        if tells_account:
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
