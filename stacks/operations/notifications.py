"""Encrypted SNS topic for alarms, events and budgets, with e-mail subscriptions."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.service_role import Statement, policy_document


class Notifications(Construct):
    """Topic to which CloudWatch, EventBridge and AWS Budgets publish, with e-mail subscriptions.

    SNS sends messages to an address only after its owner has confirmed the subscription:
    https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html

    Attributes:
        topic_arn: ARN of the topic.
        policy: policy of the topic, on which publishers must depend so that no message is lost.

    Args:
        display_name: sender's name in the messages.
        key_arn: ARN of the key of the topic. Its policy must allow the three services.
        emails: e-mail addresses.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, display_name: str, key_arn: str, emails: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        topic = sns.CfnTopic(self, "Topic", display_name=display_name, kms_master_key_id=key_arn)
        self.topic_arn = topic.ref
        self.policy = sns.CfnTopicPolicy(
            self, "Policy", topics=[topic.ref], policy_document=policy_document(self._statements())
        )
        for email in emails:
            sns.CfnSubscription(
                self, f"To{email.replace('/', '-')}", topic_arn=topic.ref, protocol="email", endpoint=email
            )

    def _statements(self) -> list[Statement]:
        stack = cdk.Stack.of(self)
        partition, account = stack.partition, stack.account
        return [
            # EventBridge does not support conditions:
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
            self._publish("Events", "events.amazonaws.com"),
            # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
            self._publish(
                "Alarms",
                "cloudwatch.amazonaws.com",
                account=account,
                source=f"arn:{partition}:cloudwatch:{stack.region}:{account}:alarm:*",
            ),
            # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
            self._publish(
                "Budgets", "budgets.amazonaws.com", account=account, source=f"arn:{partition}:budgets::{account}:*"
            ),
            # https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
            {
                "Sid": "EncryptedConnectionsOnly",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sns:Publish",
                "Resource": self.topic_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]

    def _publish(self, sid: str, service: str, *, account: str | None = None, source: str | None = None) -> Statement:
        statement: dict[str, object] = {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sns:Publish",
            "Resource": self.topic_arn,
        }
        if account and source:
            statement["Condition"] = {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": source},
            }
        return statement
