"""An S3 bucket that nobody reads from outside the account, or without TLS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.acknowledgment import acknowledge

# A multipart upload that was given up costs money until it is removed; a week is longer than any job here.
_INCOMPLETE_UPLOAD_DAYS = 7

_REPLICATION = "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled"
_WHY_NO_REPLICATION = "Versions keep what is overwritten; a copy in another region would double the cost of all data."
_KMS = "NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS"
_WHY_NO_KMS = "S3 delivers access logs only to a bucket that it encrypts itself (SSE-S3)."


class PrivateBucket(Construct):
    """A bucket with block of public access, TLS only, its owner's objects only, and versions.

    Args:
        name: the bucket's name.
        key: for SSE-KMS with a bucket key; None for SSE-S3, which a bucket of access logs needs
            (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html).
        access_logs: the bucket that receives this one's access logs, below a prefix of this construct's name.
        rules: lifecycle rules besides that for incomplete uploads.
        removal_policy: of the bucket and its policy.
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
        acknowledge(self.bucket, {_REPLICATION: _WHY_NO_REPLICATION, **({} if key else {_KMS: _WHY_NO_KMS})})
        policy = self.bucket.policy
        if policy:
            # The policy must live as long as the bucket, or a retained bucket would lose its TLS only rule.
            policy.apply_removal_policy(removal_policy)


def archive(days: int) -> s3.LifecycleRule:
    """Objects become cheaper and are never deleted; S3 leaves those under 128 KB where they are.

    Args:
        days: age in days.
    """
    cheaper = s3.Transition(storage_class=s3.StorageClass.INFREQUENT_ACCESS, transition_after=_days(days))
    return s3.LifecycleRule(id="archive", transitions=[cheaper])


def expiry(name: str, days: int, *, prefix: str | None = None) -> s3.LifecycleRule:
    """Objects are deleted.

    Args:
        name: the rule's name.
        days: age in days.
        prefix: only objects whose keys begin so.
    """
    return s3.LifecycleRule(id=name, prefix=prefix, expiration=_days(days))


def old_versions(days: int) -> s3.LifecycleRule:
    """Overwritten and deleted objects can be brought back for a while.

    Args:
        days: since the object was overwritten or deleted.
    """
    return s3.LifecycleRule(
        id="old-versions", noncurrent_version_expiration=_days(days), expired_object_delete_marker=True
    )


# Each of these costs a call to Node, and hundreds of buckets need the same ones.


@cache
def _days(days: int) -> cdk.Duration:
    return cdk.Duration.days(days)


@cache
def _block_all() -> s3.BlockPublicAccess:
    return s3.BlockPublicAccess.BLOCK_ALL
