"""Permissions of the cluster nodes, and thus of every user of Spark on the cluster."""

from __future__ import annotations

from collections.abc import Sequence

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.aws_rules.existing_data import key_patterns
from mlproject.aws_rules.grants import Grant

# Prefixes in the artifacts bucket: output of Spark, libraries.
WORK_PREFIX = "spark/"
LIBRARIES_PREFIX = "libraries/"


def node_grants(
    *,
    partition: str,
    data_bucket: str,
    artifacts_bucket: str,
    key_arn: str,
    files: Sequence[str],
    step_scripts: Sequence[str] = (),
    step_outputs: str | None = None,
) -> list[Grant]:
    """Return the grants of cluster nodes: read data and libraries, write results and logs.

    Permissions of EMR's file system: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html

    Args:
        partition: such as `aws`.
        data_bucket: bucket of the project's data.
        artifacts_bucket: bucket of libraries, results of Spark, and logs.
        key_arn: ARN of the project's key.
        files: files that a node reads at its start, each as `bucket/key`.
        step_scripts: scripts of the pipeline's Spark steps, in the same form.
        step_outputs: prefix in the artifacts bucket to which the pipeline's Spark steps write, if it has any.
    """
    s3 = f"arn:{partition}:s3:::"
    data, artifacts = s3 + data_bucket, s3 + artifacts_bucket
    written = [WORK_PREFIX, *([step_outputs] if step_outputs else [])]
    return [
        Grant(
            sid="ReadData",
            actions=["s3:GetObject"],
            resources=[
                f"{data}/*",
                f"{artifacts}/{LIBRARIES_PREFIX}*",
                *(f"{artifacts}/{key}" for key in key_patterns(written)),
            ],
            reason="data, libraries and results of Spark",
        ),
        # Without a condition on prefixes: a request for a missing object has none, and S3 would deny it instead of
        # reporting that the object is missing, which S3A takes for an error before it writes.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        Grant(
            sid="ListBuckets",
            actions=["s3:ListBucket"],
            resources=[data, artifacts],
            reason="Spark lists the objects that it reads, and looks for those that it is about to write",
        ),
        Grant(
            sid="LocateBuckets",
            actions=["s3:GetBucketLocation"],
            resources=[data, artifacts],
            reason="clients read the region of a bucket",
        ),
        Grant(
            sid="FindUploads",
            actions=["s3:ListBucketMultipartUploads"],
            resources=[artifacts],
            reason="the committers of Spark look for incomplete uploads",
        ),
        Grant(
            sid="WriteWork",
            actions=["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources=[f"{artifacts}/{prefix}*" for prefix in written],
            reason="results of Spark. Committing and overwriting them deletes temporary objects",
        ),
        Grant(
            sid="WriteLogs",
            actions=["s3:AbortMultipartUpload", "s3:PutObject"],
            resources=[f"{artifacts}/{LOGS_PREFIX}*"],
            reason="logs of the cluster and its applications",
        ),
        Grant(
            sid="UseKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[key_arn],
            reason="objects in the project's buckets, logs, disks of the nodes",
        ),
        *(
            Grant(
                sid=f"FindStepScript{number}",
                actions=["s3:ListBucket"],
                resources=[s3 + bucket],
                condition={"StringLike": {"s3:prefix": f"{key}*"}},
                reason="spark-submit lists the path of a script before it reads it, since the path may be a pattern",
            )
            for number, (bucket, _, key) in enumerate(script.partition("/") for script in step_scripts)
        ),
        *(
            [
                Grant(
                    sid="ReadNodeFiles",
                    actions=["s3:GetObject"],
                    resources=[s3 + file for file in [*files, *step_scripts]],
                    reason="scripts of the bootstrap action and of steps, certificates of the nodes",
                )
            ]
            if files or step_scripts
            else []
        ),
    ]
