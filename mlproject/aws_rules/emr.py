"""What EMR demands of everything around a cluster, beside the resource schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Policies for EMR reach only what carries this tag: the cluster, its security groups, its subnet.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html#manually-tagged-resources
TAG = "for-use-with-amazon-emr-managed-policies"
TAG_VALUE = "true"

# In the project's artifacts bucket: where EMR leaves a cluster's logs.
LOGS_PREFIX = "emr-logs/"
LIVY_PORT = 8998
# Encryption in transit takes a zip of PEM files in S3:
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
# With it Livy speaks HTTPS by itself from this release on, and HTTP before.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/enabling-https.html
_LIVY_HTTPS_FROM = (7, 4)

_BUCKETS = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html"


@dataclass(frozen=True, kw_only=True)
class AwsBucket:
    """A bucket of AWS's own that a cluster in a private subnet needs.

    Args:
        name: the bucket.
        action: what the nodes do with its objects.
        why: for what.
        source: the page that says so.
    """

    name: str
    action: Literal["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]
    why: str
    source: str


def aws_buckets(region: str) -> tuple[AwsBucket, ...]:
    """The buckets of AWS that the nodes of EMR 7 use in a region; a policy of S3's endpoint must let them through.

    The bucket of the persistent application interfaces is left out: nothing here opens them, and the event logs of
    Spark stay with the cluster.
    """
    # The first region's bucket is older than the pattern.
    logs = "aws157-logs-prod" if region == "us-east-1" else f"aws157-logs-prod-{region}"
    return (
        AwsBucket(
            name=f"al2023-repos-{region}-de612dc2",
            action="s3:GetObject",
            why="packages of Amazon Linux 2023, which a node installs when it starts",
            source=_BUCKETS,
        ),
        AwsBucket(
            name=f"repo.{region}.emr.amazonaws.com",
            action="s3:GetObject",
            why="EMR's packages of Spark, Livy and Hadoop",
            source=_BUCKETS,
        ),
        AwsBucket(
            name=logs,
            action="s3:PutObject",
            why="EMR's own logs of a cluster that logs to S3; AWS's support reads them",
            source=_BUCKETS,
        ),
        # The page allows s3:Put*; this is what a PUT with an owner for the object asks besides.
        AwsBucket(
            name=logs, action="s3:PutObjectAcl", why="the same logs, with their reader as owner", source=_BUCKETS
        ),
    )


def livy_scheme(release: str, *, encrypted: bool) -> Literal["http", "https"]:
    """How Livy is spoken to.

    Args:
        release: such as `emr-7.13.0`.
        encrypted: whether the cluster encrypts in transit.
    """
    major, minor = release.removeprefix("emr-").split(".")[:2]
    return "https" if encrypted and (int(major), int(minor)) >= _LIVY_HTTPS_FROM else "http"
