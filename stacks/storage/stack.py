"""Stack with the key and the buckets of a project."""

from __future__ import annotations

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.definition.batch import CAPTURED
from mlproject.parameters import Deployment
from stacks.base import ProjectStack, removal_policy
from stacks.constructs.encryption_key import EncryptionKey
from stacks.constructs.promotion import bucket_readers, key_readers
from stacks.storage.bucket import PrivateBucket, archive, expiry, old_versions


class StorageStack(ProjectStack):
    """Encryption key of a project, and its buckets for data, artifacts and access logs.

    Args:
        deployment: the project in an environment.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            "storage",
            deployment=deployment,
            description=f"Key and buckets of {deployment.project} in {deployment.environment.name}",
            holds_data=True,
        )
        names, removal, storage = deployment.names, removal_policy(deployment.environment), deployment.storage
        pipeline = deployment.pipeline
        encryption = EncryptionKey(
            self,
            "Encryption",
            description=f"Data of {names.prefix}",
            alias=names.key_alias,
            region=names.region,
            log_groups=f"arn:{self.partition}:logs:{names.region}:{names.account}:log-group:{names.prefix}-*",
            removal_policy=removal,
            # CloudFormation generates the name of the topic, which starts with the name of the stack.
            topics=f"arn:{self.partition}:sns:{names.region}:{names.account}:{names.stack('operations')}-*"
            if deployment.operations
            else None,
            readers=key_readers(deployment, partition=self.partition),
        )
        ssm.CfnParameter(self, "KeyArn", name=names.parameter("key-arn"), type="String", value=encryption.arn)
        logs = PrivateBucket(
            self,
            "AccessLogs",
            name=names.bucket("access-logs"),
            key=None,
            access_logs=None,
            rules=[expiry("access-logs", storage.access_logs_expire_days), old_versions(storage.noncurrent_days)],
            removal_policy=removal,
        )
        PrivateBucket(
            self,
            "Data",
            name=names.bucket("data"),
            key=encryption.key,
            access_logs=logs.bucket,
            rules=[archive(storage.archive_after_days), old_versions(storage.noncurrent_days)],
            removal_policy=removal,
        )
        endpoint = deployment.serving.endpoint if deployment.serving else None
        captures = endpoint is not None and bool(endpoint.data_capture_percent)
        PrivateBucket(
            self,
            "Artifacts",
            name=names.bucket("artifacts"),
            key=encryption.key,
            access_logs=logs.bucket,
            rules=[
                *(
                    [expiry("intermediate-outputs", storage.artifacts_expire_days, prefix=pipeline.runs_prefix)]
                    if pipeline
                    else []
                ),
                *(
                    [expiry("captured-requests", storage.artifacts_expire_days, prefix=f"{CAPTURED}/")]
                    if captures
                    else []
                ),
                expiry("cluster-logs", storage.access_logs_expire_days, prefix=LOGS_PREFIX),
                old_versions(storage.noncurrent_days),
            ],
            readers=bucket_readers(deployment, partition=self.partition),
            removal_policy=removal,
        )
