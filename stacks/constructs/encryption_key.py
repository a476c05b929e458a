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


class EncryptionKey(Construct):
    """A rotated key that the account's IAM policies govern, and that CloudWatch Logs may use for some log groups.

    CDK writes no statement for CloudWatch Logs, and an encrypted log group then fails to create:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html

    Args:
        description: what the key encrypts.
        alias: the name that people type, `alias/...`; None for a key that nobody types.
        region: such as `eu-west-1`.
        log_groups: the ARNs of the log groups that the key may encrypt, with wildcards.
        removal_policy: of the key.
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
        self.arn = self.key.key_arn
