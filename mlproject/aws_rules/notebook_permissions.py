"""Permissions of the role of a project's notebooks, and of the users of a notebook.

As in `permissions`, they refer to resource types and values instead of ARNs, which the stack provides.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.aws_rules.permissions import ANY_RESOURCE, DESCRIBE_NETWORK, Permission, network_interfaces

_ROLE = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_CALLER = "https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html"
_LIFECYCLE = "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html"
_PIPELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"
_PARAMETERS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html"
_GIT = "https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-git-repo.html"
_VERSIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html"
_METRICS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"
_OBJECTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_GRANTS = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"

_SECRET = Permission(
    sid="ReadGitSecrets",
    actions=("secretsmanager:GetSecretValue",),
    resource_types=("git secrets",),
    reason="credentials of private Git repositories",
    source=_GIT,
)
_RUN_PIPELINE = Permission(
    sid="RunPipeline",
    actions=("sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"),
    resource_types=("pipeline",),
    reason="users start the project's pipeline, which runs with its own role",
    source=_PIPELINES,
)
_FOLLOW_PIPELINE = Permission(
    sid="FollowPipeline",
    actions=(
        "sagemaker:DescribePipelineExecution",
        "sagemaker:ListPipelineExecutionSteps",
        "sagemaker:ListPipelineParametersForExecution",
        "sagemaker:StopPipelineExecution",
    ),
    resource_types=("pipeline executions",),
    reason="users monitor and stop executions of the project's pipeline. Their ids are not known in advance",
    source=_PIPELINES,
)
_SPARK = Permission(
    sid="FindSpark",
    actions=("ssm:GetParameter",),
    resource_types=("livy address",),
    reason="URL of the project's Livy",
    source=_PARAMETERS,
)
_LIVY = "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/interactive-workloads-livy-endpoints.html"
_SESSIONS = (
    Permission(
        sid="UseLivy",
        actions=("emr-serverless:AccessLivyEndpoints",),
        resource_types=("application",),
        reason="sessions on the project's EMR Serverless application",
        source=_LIVY,
    ),
    Permission(
        sid="ShowSessions",
        actions=("emr-serverless:GetDashboardForJobRun",),
        resource_types=("sessions",),
        reason="Livy's responses contain links to the Spark UI and to the log of a session. Its id is not known in "
        "advance",
        source=_LIVY,
    ),
    Permission(
        sid="PassJobRole",
        actions=("iam:PassRole",),
        resource_types=("job role",),
        condition=("StringEquals", "iam:PassedToService", "emr serverless"),
        reason="a session runs with the role of the application's jobs",
        source=_LIVY,
    ),
)

# In the order in which a notebook uses them: start, work, stop. AWS's page requires the permissions for the network and
# the grant from the user who starts a notebook, and does not say who attaches the interface later. The role therefore
# has them too, limited to its own network and key.
_ROLE_PERMISSIONS = (
    *network_interfaces("a notebook", source=_CALLER),
    Permission(
        sid="UseKey",
        actions=("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"),
        resource_types=("key",),
        reason="objects in the project's buckets",
        source=_OBJECTS,
    ),
    Permission(
        sid="EncryptVolumes",
        actions=("kms:CreateGrant",),
        resource_types=("key",),
        condition=("Bool", "kms:GrantIsForAWSResource", "true"),
        reason="EBS encrypts the volume of the notebook",
        source=_GRANTS,
    ),
    _SECRET,
    Permission(
        sid="ReadObjects",
        actions=("s3:GetObject",),
        resource_types=("data objects", "artifact objects"),
        reason="data, results of the pipeline, and libraries",
        source=_ROLE,
    ),
    Permission(
        sid="ReadTools",
        actions=("s3:GetObject",),
        resource_types=("tools",),
        reason="the scripts that a lifecycle script starts, one object of the bootstrap bucket",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="ReadVersions",
        actions=("s3:GetObjectVersion",),
        resource_types=("data objects",),
        reason="users restore data and notebooks that they have overwritten",
        source=_VERSIONS,
    ),
    Permission(
        sid="ListVersions",
        actions=("s3:ListBucketVersions",),
        resource_types=("data bucket",),
        reason="users find the version that they restore",
        source=_VERSIONS,
    ),
    Permission(
        sid="WriteData",
        actions=("s3:AbortMultipartUpload", "s3:PutObject"),
        resource_types=("data objects",),
        reason="data prepared by users, and copies of their notebooks. The bucket keeps old versions",
        source=_ROLE,
    ),
    Permission(
        sid="ListBuckets",
        actions=("s3:GetBucketLocation", "s3:ListBucket"),
        resource_types=("data bucket", "artifact bucket"),
        reason="users browse data, and aws s3 sync compares objects",
        source=_ROLE,
    ),
    _RUN_PIPELINE,
    _FOLLOW_PIPELINE,
    _SPARK,
    *_SESSIONS,
    Permission(
        sid="StopItself",
        actions=("sagemaker:StopNotebookInstance",),
        resource_types=("notebooks",),
        reason="an idle notebook stops itself",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="CreateLogGroup",
        actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        resource_types=("notebook log group",),
        reason="log group of SageMaker, shared by all notebooks of an account",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="WriteLogs",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resource_types=("notebook log streams",),
        reason="logs of Jupyter and of the lifecycle scripts, in streams that start with the notebook's name",
        source=_LIFECYCLE,
    ),
    Permission(
        sid="CountFailures",
        actions=("cloudwatch:PutMetricData",),
        resource_types=(ANY_RESOURCE,),
        condition=("StringEquals", "cloudwatch:namespace", "notebook metrics"),
        reason="failed installations of libraries. CloudWatch can restrict the action only by namespace",
        source=_METRICS,
    ),
)

# Actions of a user on a notebook. The first two are documented:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html. Start and Stop are included because
# idle notebooks stop themselves, and only administrators could start them again. They give no access to data.
OPEN_ACTIONS = (
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:StartNotebookInstance",
    "sagemaker:StopNotebookInstance",
)

# Actions that a user needs to start a notebook with a role, a key, a VPC and a secret, limited to these resources:
# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
START_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "role": ("iam:PassRole",),
    "key": ("kms:CreateGrant", "kms:DescribeKey"),
    "network": ("ec2:CreateNetworkInterface",),
    "git secret": ("secretsmanager:GetSecretValue",),
}
# Apply only to the actions that support the keys:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
START_CONDITION: Mapping[str, Mapping[str, str]] = {
    "StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"},
    "BoolIfExists": {"kms:GrantIsForAWSResource": "true"},
}
START_DESCRIBE_ACTIONS = tuple(action for action in DESCRIBE_NETWORK if action != "ec2:DescribeDhcpOptions")


def notebook_permissions(
    *, git_secrets: bool, pipeline: bool, cluster: bool, application: bool
) -> tuple[Permission, ...]:
    """Return the permissions of the role of a project's notebooks.

    Args:
        git_secrets: whether a notebook has a private repository.
        pipeline: whether the project has a pipeline.
        cluster: whether the project has a cluster.
        application: whether a notebook uses the project's EMR Serverless application.
    """
    needed = {
        _SECRET: git_secrets,
        _RUN_PIPELINE: pipeline,
        _FOLLOW_PIPELINE: pipeline,
        _SPARK: cluster or application,
        **dict.fromkeys(_SESSIONS, application),
    }
    return tuple(permission for permission in _ROLE_PERMISSIONS if needed.get(permission, True))
