"""Private S3 bucket with encryption, versions and lifecycle rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.service_role import Statement

# Incomplete multipart uploads cost money. No job takes longer than a week.
_INCOMPLETE_UPLOAD_DAYS = 7

_REPLICATION = "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled"
_NO_REPLICATION_REASON = "Versions protect against overwrites, and replication would double the cost of all data."
_KMS = "NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS"
_NO_KMS_REASON = "S3 delivers access logs only to buckets with SSE-S3."


class PrivateBucket(Construct):
    """Bucket with block public access, enforced TLS, bucket owner enforced ownership, and versions.

    Args:
        name: name of the bucket.
        key: key for SSE-KMS with a bucket key, or None for SSE-S3, which a bucket of access logs requires
            (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html).
        access_logs: bucket that receives the access logs, with the construct id as prefix, or None.
        rules: lifecycle rules in addition to the rule for incomplete uploads.
        readers: statements that allow other accounts to read objects, for promotions.
        removal_policy: removal policy of the bucket and its bucket policy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey | None,
        access_logs: s3.IBucket | None,
        rules: Sequence[s3.LifecycleRule],
        removal_policy: cdk.RemovalPolicy,
        readers: Sequence[Statement] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=name,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key else None,
            block_public_access=_block_all(),
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{construct_id.lower()}/" if access_logs else None,
            lifecycle_rules=[
                *rules,
                s3.LifecycleRule(
                    id="incomplete-uploads", abort_incomplete_multipart_upload_after=_days(_INCOMPLETE_UPLOAD_DAYS)
                ),
            ],
            removal_policy=removal_policy,
        )
        acknowledge(self.bucket, {_REPLICATION: _NO_REPLICATION_REASON, **({} if key else {_KMS: _NO_KMS_REASON})})
        for statement in readers:
            self.bucket.add_to_resource_policy(iam.PolicyStatement.from_json(statement))
        policy = self.bucket.policy
        if policy:
            # Without its policy, a retained bucket would no longer enforce TLS.
            policy.apply_removal_policy(removal_policy)


def archive(days: int) -> s3.LifecycleRule:
    """Return a rule that moves objects of at least 128 KB to a cheaper storage class.

    Args:
        days: age in days.
    """
    cheaper = s3.Transition(storage_class=s3.StorageClass.INFREQUENT_ACCESS, transition_after=_days(days))
    return s3.LifecycleRule(id="archive", transitions=[cheaper])


def expiry(name: str, days: int, *, prefix: str | None = None) -> s3.LifecycleRule:
    """Return a rule that deletes objects.

    Args:
        name: name of the rule.
        days: age in days.
        prefix: prefix of the keys, or None for all objects.
    """
    return s3.LifecycleRule(id=name, prefix=prefix, expiration=_days(days))


def old_versions(days: int) -> s3.LifecycleRule:
    """Return a rule that deletes old versions, which can be restored until then.

    Args:
        days: days since the object was overwritten or deleted.
    """
    return s3.LifecycleRule(
        id="old-versions", noncurrent_version_expiration=_days(days), expired_object_delete_marker=True
    )


# Cached, since each call goes to Node and hundreds of buckets use the same values.


@cache
def _days(days: int) -> cdk.Duration:
    return cdk.Duration.days(days)


@cache
def _block_all() -> s3.BlockPublicAccess:
    return s3.BlockPublicAccess.BLOCK_ALL
