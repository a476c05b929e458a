"""What the nodes of a project's cluster, and so everyone who uses Spark on it, may do."""

from __future__ import annotations

from collections.abc import Sequence

from mlproject.aws_rules.emr import LOGS_PREFIX
from stacks.constructs.existing_data import below
from stacks.constructs.service_role import Grant

# In the project's artifacts bucket: where Spark writes.
WORK_PREFIX = "spark/"
LIBRARIES_PREFIX = "libraries/"


def node_grants(
    *,
    partition: str,
    data_bucket: str,
    artifacts_bucket: str,
    key_arn: str,
    files: Sequence[str],
) -> list[Grant]:
    """The project's data and libraries to read, a place of its own to write, its logs.

    What EMR's file system needs: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html

    Args:
        partition: such as `aws`.
        data_bucket: the project's data.
        artifacts_bucket: the project's libraries, Spark's results, logs.
        key_arn: the project's key.
        files: what a node reads when it starts, each by bucket and exact key, `bucket/key`.
    """
    s3 = f"arn:{partition}:s3:::"
    data, artifacts = s3 + data_bucket, s3 + artifacts_bucket
    return [
        Grant(
            sid="ReadData",
            actions=["s3:GetObject"],
            resources=[
                f"{data}/*",
                f"{artifacts}/{LIBRARIES_PREFIX}*",
                *(f"{artifacts}/{key}" for key in below([WORK_PREFIX])),
            ],
            reason="the project's own data and libraries, and what Spark wrote before",
        ),
        Grant(
            sid="ListData",
            actions=["s3:ListBucket"],
            resources=[data],
            reason="Spark lists what it reads",
        ),
        Grant(
            sid="ListArtifacts",
            actions=["s3:ListBucket"],
            resources=[artifacts],
            condition={"StringLike": {"s3:prefix": [f"{LIBRARIES_PREFIX}*", *below([WORK_PREFIX])]}},
            reason="Spark lists what it reads",
        ),
        Grant(
            sid="LocateBuckets",
            actions=["s3:GetBucketLocation"],
            resources=[data, artifacts],
            reason="clients ask in which region a bucket is",
        ),
        Grant(
            sid="FindUploads",
            actions=["s3:ListBucketMultipartUploads"],
            resources=[artifacts],
            reason="Spark's committers look for uploads that were left unfinished",
        ),
        Grant(
            sid="WriteWork",
            actions=["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources=[f"{artifacts}/{WORK_PREFIX}*"],
            reason="Spark's results; committing and overwriting them deletes temporary objects",
        ),
        Grant(
            sid="WriteLogs",
            actions=["s3:AbortMultipartUpload", "s3:PutObject"],
            resources=[f"{artifacts}/{LOGS_PREFIX}*"],
            reason="the logs of the cluster and of what ran on it",
        ),
        Grant(
            sid="UseKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[key_arn],
            reason="objects in the project's buckets, logs, disks of the nodes",
        ),
        *(
            [
                Grant(
                    sid="ReadNodeFiles",
                    actions=["s3:GetObject"],
                    resources=[s3 + file for file in files],
                    reason="the script that runs when a node starts, and the certificates of the nodes",
                )
            ]
            if files
            else []
        ),
    ]
