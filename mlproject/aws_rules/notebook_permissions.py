"""What the role of a project's notebooks may do, and what a notebook's users may: two tables, row by row.

A row names kinds of resources and values, not ARNs, as in `permissions`; the stack gives those of a deployment.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.aws_rules.permissions import DESCRIBE_NETWORK, Permission, network_interfaces

_ROLE = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_CALLER = "https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html"
_LIFECYCLE = "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html"
_PIPELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"
_PARAMETERS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html"
_GIT = "https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-git-repo.html"
_GRANTS = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"

_SECRET = Permission(
    sid="ReadGitSecrets",
    actions=("secretsmanager:GetSecretValue",),
    on=("git secrets",),
    why="user and token of a private repository; no other secret",
    source=_GIT,
)
_SPARK = Permission(
    sid="FindSpark",
    actions=("ssm:GetParameter",),
    on=("livy address",),
    why="where the project's Spark answers",
    source=_PARAMETERS,
)

# In the order in which a notebook needs them: to start, to work, to stop. AWS's page asks the rows on the network and
# the grant of whoever starts a notebook, and is silent on who attaches the interface later, so the role has them too,
# on its own network and key.
_ROLE_PERMISSIONS = (
    *network_interfaces("a notebook", source=_CALLER),
    Permission(
        sid="UseKey",
        actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        on=("key",),
        why="objects in the project's buckets",
        source=_ROLE,
    ),
    Permission(
        sid="EncryptVolumes",
        actions=("kms:CreateGrant",),
        on=("key",),
        condition=("Bool", "kms:GrantIsForAWSResource", "true"),
        why="EBS encrypts the notebook's volume",
        source=_GRANTS,
    ),
    _SECRET,
    Permission(
        sid="ReadObjects",
        actions=("s3:GetObject",),
        on=("data objects", "artifact objects"),
        why="data, results of the pipeline, and libraries to install",
        source=_ROLE,
    ),
    Permission(
        sid="WriteData",
        actions=("s3:AbortMultipartUpload", "s3:PutObject"),
        on=("data objects",),
        why="data that people prepare, and the copy of their notebooks; the bucket keeps what is overwritten",
        source=_ROLE,
    ),
    Permission(
        sid="ListBuckets",
        actions=("s3:GetBucketLocation", "s3:ListBucket"),
        on=("data bucket", "artifact bucket"),
        why="people look for data, and copying compares what is there",
        source=_ROLE,
    ),
    Permission(
        sid="RunPipeline",
        actions=("sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"),
        on=("pipeline",),
        why="people start the project's pipeline, with the pipeline's own role",
        source=_PIPELINES,
    ),
    Permission(
        sid="FollowPipeline",
        actions=(
            "sagemaker:DescribePipelineExecution",
            "sagemaker:ListPipelineExecutionSteps",
            "sagemaker:ListPipelineParametersForExecution",
            "sagemaker:StopPipelineExecution",
        ),
        on=("pipeline executions",),
        why="people follow and stop executions of the project's pipeline, whose ids come with each start",
        source=_PIPELINES,
    ),
    _SPARK,
    Permission(
        sid="StopItself",
        actions=("sagemaker:DescribeNotebookInstance", "sagemaker:StopNotebookInstance"),
        on=("notebooks",),
        why="an idle notebook stops itself",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="CreateLogGroup",
        actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        on=("notebook log group",),
        why="the log group that all notebooks of an account share, named by SageMaker",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="WriteLogs",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        on=("notebook log streams",),
        why="the logs of Jupyter and of the lifecycle scripts, a stream for each below the notebook's name",
        source=_LIFECYCLE,
    ),
)

# What a person does with one notebook, the first two as AWS's page has them:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html. Start and Stop belong to it: an idle
# notebook stops itself, and without them its users would need an administrator every morning. They reach no data.
OPENING_ACTIONS = (
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:StartNotebookInstance",
    "sagemaker:StopNotebookInstance",
)

# What SageMaker asks of whoever starts a notebook that has a role, a key, a VPC and a secret, on these only:
# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
STARTING_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "role": ("iam:PassRole",),
    "key": ("kms:CreateGrant", "kms:DescribeKey"),
    "network": ("ec2:CreateNetworkInterface",),
    "git secret": ("secretsmanager:GetSecretValue",),
}
STARTING_DESCRIPTIONS = tuple(action for action in DESCRIBE_NETWORK if action != "ec2:DescribeDhcpOptions")


def notebook_permissions(*, git_secrets: bool, spark: bool) -> tuple[Permission, ...]:
    """The rows for the role of a project's notebooks.

    Args:
        git_secrets: whether a notebook has a private repository.
        spark: whether the project has a cluster.
    """
    without = {row for row, wanted in ((_SECRET, git_secrets), (_SPARK, spark)) if not wanted}
    return tuple(row for row in _ROLE_PERMISSIONS if row not in without)
