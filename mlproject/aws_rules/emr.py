"""Requirements of EMR that resource schemas do not contain: tags, ports and buckets of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# IAM policies for EMR apply only to resources with this tag: the cluster, its security groups and its subnet.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html#manually-tagged-resources
TAG = "for-use-with-amazon-emr-managed-policies"
TAG_VALUE = "true"

# Prefix of the logs of clusters in the artifacts bucket.
LOGS_PREFIX = "emr-logs/"
LIVY_PORT = 8998
# The system's Python of emr-7: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html
NODE_PYTHON = "3.9"
# EMR's minimum of 15 GB is too small for Spark, Livy and the libraries of data scientists.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-custom-ami-root-volume-size.html
ROOT_VOLUME_GB = 32
# Lets Spark use the account's Glue catalog: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-glue.html
GLUE_CLIENT = "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory"
# Encryption in transit requires a zip of PEM files in S3:
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
# With it, Livy uses HTTPS by default from this release on, and HTTP before.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/enabling-https.html
_LIVY_HTTPS_FROM = (7, 4)

_Action = Literal[
    "s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectAcl"
]
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/app-history-spark-UI.html
_HISTORY_ACTIONS: tuple[_Action, ...] = (
    "s3:AbortMultipartUpload",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)

_BUCKETS = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html"


@dataclass(frozen=True, kw_only=True)
class AwsBucket:
    """A bucket owned by AWS that a cluster in a private subnet uses.

    Args:
        name: name of the bucket.
        action: IAM action of the nodes on its objects.
        reason: what the nodes use it for.
        source: URL of the documentation.
    """

    name: str
    action: _Action
    reason: str
    source: str


def aws_buckets(region: str) -> tuple[AwsBucket, ...]:
    """Return the buckets of AWS that EMR 7 nodes use in a region. The policy of the S3 endpoint must allow them."""
    # The bucket in us-east-1 has an older name without the region.
    logs = "aws157-logs-prod" if region == "us-east-1" else f"aws157-logs-prod-{region}"
    return (
        AwsBucket(
            name=f"al2023-repos-{region}-de612dc2",
            action="s3:GetObject",
            reason="packages of Amazon Linux 2023, which a node installs at its start",
            source=_BUCKETS,
        ),
        AwsBucket(
            name=f"repo.{region}.emr.amazonaws.com",
            action="s3:GetObject",
            reason="EMR's packages of Spark, Livy and Hadoop",
            source=_BUCKETS,
        ),
        AwsBucket(
            name=logs,
            action="s3:PutObject",
            reason="logs for AWS Support, written by clusters that log to S3",
            source=_BUCKETS,
        ),
        # The page allows s3:Put*. A PUT that sets the owner of an object also requires this action.
        AwsBucket(name=logs, action="s3:PutObjectAcl", reason="owner of these logs", source=_BUCKETS),
        # The page allows all actions that begin with Put, Get, Create, Abort or List.
        *(
            AwsBucket(
                name=f"prod.{region}.appinfo.src",
                action=action,
                reason="history of Spark applications, for the history server outside of the cluster",
                source=_BUCKETS,
            )
            for action in _HISTORY_ACTIONS
        ),
    )


def livy_scheme(release: str, *, encrypted: bool) -> Literal["http", "https"]:
    """Return the URL scheme of Livy.

    Args:
        release: such as `emr-7.13.0`.
        encrypted: whether the cluster encrypts in transit.
    """
    major, minor = release.removeprefix("emr-").split(".")[:2]
    return "https" if encrypted and (int(major), int(minor)) >= _LIVY_HTTPS_FROM else "http"
