"""Where alarms, events and budgets tell people: an encrypted SNS topic with e-mail subscriptions."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.service_role import Statement, policy_document


class Notifications(Construct):
    """An unnamed topic that three services of AWS may publish to, and the e-mail addresses that hear of it.

    Each address gets a message in which its owner confirms the subscription; before that SNS sends nothing:
    https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html

    Attributes:
        topic_arn: the topic.
        policy: a dependency of everything that publishes; without it the first message could be lost.

    Args:
        display_name: the sender's name in the messages.
        key_arn: the key that encrypts them; its policy must let the three services use it.
        emails: the addresses.
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
            # A Condition is not possible here:
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
