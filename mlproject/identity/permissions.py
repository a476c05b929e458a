"""Permissions of the roles that GitLab CI jobs assume: bootstrap roles, and what `mlproject` itself calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.names import BUCKET_USES, gitlab_token_secret
from mlproject.parameters import Environment

# Resource of actions that have no resource-level permission.
ANY = "*"
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html (roles of the bootstrap template)
_DEPLOYING = ("deploy-role", "file-publishing-role", "lookup-role")
_READING = ("lookup-role",)

# `mlproject diff` and `cdk diff` name their change sets so. They are created, read and deleted, never executed.
DIFF_CHANGE_SETS = ("mlproject-diff-*", "cdk-diff-change-set*")


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A statement of a role's policy, with its reason.

    Args:
        sid: id of the statement.
        actions: IAM actions.
        resources: ARNs.
        condition: condition block, if there is one.
        reason: what requires the permission.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None
    reason: str


def diff_permissions(environment: Environment, *, partition: str) -> tuple[Permission, ...]:
    """Return the permissions of an environment's read-only role."""
    return (
        _bootstrap_roles(environment, _READING, partition=partition),
        *_reads(environment, partition=partition),
        Permission(
            sid="PlanChanges",
            actions=("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"),
            resources=_stacks(environment, partition=partition),
            condition={"StringLike": {"cloudformation:ChangeSetName": _change_sets(environment, partition=partition)}},
            reason="mlproject diff compares with change sets, which it never executes",
        ),
    )


def deploy_permissions(environment: Environment, *, partition: str) -> tuple[Permission, ...]:
    """Return the permissions of an environment's deploy role. CloudFormation's own role changes the resources."""
    buckets = tuple(_buckets(environment, use, partition=partition) for use in ("artifacts", "data"))
    return (
        _bootstrap_roles(environment, _DEPLOYING, partition=partition),
        *_reads(environment, partition=partition),
        Permission(
            sid="PlanChanges",
            actions=(
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:UpdateTerminationProtection",
            ),
            resources=_stacks(environment, partition=partition),
            reason="mlproject deploy plans with change sets, and unprotects a stack that was never created",
        ),
        *_operations(environment, partition=partition),
        Permission(
            sid="UploadTemplates",
            actions=("s3:PutObject", "s3:GetObject"),
            resources=(f"arn:{partition}:s3:::{bootstrap_bucket(environment)}/*",),
            reason="a template of more than 51,200 bytes is planned from the bootstrap bucket",
        ),
        Permission(
            sid="ListObjects",
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            resources=(*buckets, _buckets(environment, "access-logs", partition=partition)),
            reason="mlproject libraries push and data push upload only what is missing; preflight looks for buckets",
        ),
        Permission(
            sid="UploadObjects",
            actions=("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            resources=tuple(f"{bucket}/*" for bucket in buckets),
            reason="mlproject libraries push and data push; object keys depend on the project",
        ),
        Permission(
            sid="EncryptObjects",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(f"arn:{partition}:kms:{environment.region}:{environment.account}:key/*",),
            condition={
                "StringEquals": {
                    "kms:ViaService": (f"s3.{environment.region}.amazonaws.com",),
                    "aws:ResourceTag/environment": (environment.name,),
                },
            },
            reason="the buckets are encrypted with the projects' keys, whose ids are generated",
        ),
    )


def _buckets(environment: Environment, use: str, *, partition: str) -> str:
    """Return the buckets of all projects for a use, such as `data`."""
    return f"arn:{partition}:s3:::*-{environment.name}-{use}-{environment.account}-{environment.region}"


def _bootstrap_roles(environment: Environment, kinds: Iterable[str], *, partition: str) -> Permission:
    prefix = f"arn:{partition}:iam::{environment.account}:role/cdk-{environment.bootstrap_qualifier}"
    return Permission(
        sid="AssumeBootstrapRoles",
        actions=("sts:AssumeRole",),
        resources=tuple(f"{prefix}-{kind}-{environment.account}-{environment.region}" for kind in kinds),
        reason="the CDK CLI works with the roles of the bootstrap",
    )


def _reads(environment: Environment, *, partition: str) -> tuple[Permission, ...]:
    """Return what `mlproject diff`, `deploy`, `preflight`, `stacks` and the checks after a deployment read."""
    place = f"{environment.region}:{environment.account}"
    prefix = f"*-{environment.name}"
    return (
        Permission(
            sid="ReadStacks",
            actions=(
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResources",
                "cloudformation:DetectStackDrift",
                "cloudformation:DetectStackResourceDrift",
                "cloudformation:DescribeStackResourceDrifts",
                "cloudformation:GetTemplate",
                "cloudformation:ListStackResources",
            ),
            resources=_stacks(environment, partition=partition),
            reason="the stacks of every project of the environment",
        ),
        Permission(
            sid="ReadParameters",
            actions=("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"),
            resources=(
                f"arn:{partition}:ssm:{place}:parameter/cdk-bootstrap/{environment.bootstrap_qualifier}/version",
                f"arn:{partition}:ssm:{place}:parameter/mlproject/{environment.name}",
                f"arn:{partition}:ssm:{place}:parameter/mlproject/{environment.name}/*",
            ),
            reason="the version of the bootstrap, and the values that stacks pass to each other",
        ),
        Permission(
            sid="ReadResources",
            actions=(
                "sagemaker:DescribeEndpoint",
                "sagemaker:DescribeEndpointConfig",
                "sagemaker:DescribeModel",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:DescribeNotebookInstance",
                "sagemaker:DescribePipeline",
            ),
            resources=tuple(
                f"arn:{partition}:sagemaker:{place}:{kind}/{name}"
                for kind, name in (
                    ("endpoint", f"{prefix}-*"),
                    # CloudFormation names them after their logical ids.
                    ("endpoint-config", ANY),
                    ("model", ANY),
                    ("model-package-group", prefix),
                    ("notebook-instance", f"{prefix}-*"),
                    ("pipeline", prefix),
                    ("pipeline", f"{prefix}-batch"),
                )
            ),
            reason="the status of pipelines, notebooks and endpoints of every project of the environment",
        ),
        Permission(
            sid="ReadApplications",
            actions=("emr-serverless:GetApplication", "emr-serverless:ListJobRuns"),
            resources=(_applications(environment, partition=partition),),
            condition={"StringEquals": {"aws:ResourceTag/environment": (environment.name,)}},
            reason="the status of EMR Serverless applications, whose ids are generated",
        ),
        Permission(
            sid="FindGitLabToken",
            actions=("secretsmanager:DescribeSecret",),
            resources=(f"arn:{partition}:secretsmanager:{place}:secret:{gitlab_token_secret(environment.name, '*')}",),
            reason="preflight looks for the secret of promotions on approval; its value stays closed",
        ),
        Permission(
            sid="ListResources",
            actions=(
                "ce:ListCostAllocationTags",
                "cloudformation:DescribeStackDriftDetectionStatus",
                "cloudformation:DescribeStacks",
                "cloudformation:ListStacks",
                "cloudwatch:DescribeAlarms",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcAttribute",
                "ec2:DescribeVpcEndpoints",
                "ec2:DescribeVpcs",
                "elasticmapreduce:DescribeCluster",
                "elasticmapreduce:GetAutoTerminationPolicy",
                "elasticmapreduce:ListClusters",
                "elasticmapreduce:ListInstanceFleets",
                "elasticmapreduce:ListInstanceGroups",
                "iam:GetPolicy",
                "iam:GetRole",
                "s3:ListAllMyBuckets",
                "sagemaker:ListNotebookInstances",
                "sagemaker:ListPipelineExecutions",
                "sagemaker:ListPipelines",
                "servicequotas:GetServiceQuota",
                "servicequotas:ListAWSDefaultServiceQuotas",
                "servicequotas:ListServiceQuotas",
            ),
            resources=(ANY,),
            reason="preflight and status: actions that list, or that have no resource-level permission",
        ),
    )


def _change_sets(environment: Environment, *, partition: str) -> tuple[str, ...]:
    """Return the change sets of a comparison: by name when one is created, by ARN when it is deleted."""
    prefix = f"arn:{partition}:cloudformation:{environment.region}:{environment.account}:changeSet"
    return (*DIFF_CHANGE_SETS, *(f"{prefix}/{name}" for name in DIFF_CHANGE_SETS))


def _operations(environment: Environment, *, partition: str) -> tuple[Permission, ...]:
    """Return what `mlproject deploy`, `smoke`, `promote`, `guard` and `destroy` do besides reading."""
    place = f"{environment.region}:{environment.account}"
    roles = f"arn:{partition}:iam::{environment.account}:role{environment.role_path}*-{environment.name}"
    parameters = f"arn:{partition}:ssm:{place}:parameter/mlproject/{environment.name}/*"
    pipelines = f"arn:{partition}:sagemaker:{place}:pipeline/*-{environment.name}"
    return (
        Permission(
            sid="AssumePromotionRoles",
            actions=("sts:AssumeRole",),
            resources=(f"{roles}-promotion",),
            reason="mlproject promote copies models into this environment with the project's role",
        ),
        Permission(
            sid="SimulateRoles",
            actions=("iam:SimulatePrincipalPolicy",),
            resources=(f"{roles}-*",),
            reason="mlproject smoke checks the permissions of the projects' roles",
        ),
        Permission(
            sid="RunPipelines",
            actions=(
                "sagemaker:DescribePipelineExecution",
                "sagemaker:ListPipelineExecutionSteps",
                "sagemaker:StartPipelineExecution",
            ),
            resources=(pipelines, f"{pipelines}/execution/*"),
            reason="mlproject smoke --run starts the pipeline of a project and waits for it",
        ),
        Permission(
            sid="RecordDeployments",
            actions=("ssm:DeleteParameters", "ssm:PutParameter"),
            resources=(f"{parameters}/deployed-commit",),
            reason="mlproject deploy records the deployed commit, and mlproject destroy forgets it",
        ),
        Permission(
            sid="RecordOverrides",
            actions=("ssm:PutParameter",),
            resources=(f"{parameters}/guard-override",),
            reason="mlproject deploy --override records its reason; nobody deletes it",
        ),
        Permission(
            sid="StopApplications",
            actions=("emr-serverless:StopApplication",),
            resources=(_applications(environment, partition=partition),),
            condition={"StringEquals": {"aws:ResourceTag/environment": (environment.name,)}},
            reason="an EMR Serverless application is changed, or deleted with its stack, only if it is stopped",
        ),
        *(() if environment.retain_data else _deletions(environment, partition=partition)),
    )


def _deletions(environment: Environment, *, partition: str) -> tuple[Permission, ...]:
    """Return what `mlproject destroy` does where data is not retained. The network is not deleted."""
    place = f"{environment.region}:{environment.account}"
    buckets = tuple(_buckets(environment, use, partition=partition) for use in BUCKET_USES)
    sagemaker = f"arn:{partition}:sagemaker:{place}"
    return (
        Permission(
            sid="DeleteStacks",
            actions=("cloudformation:DeleteStack",),
            resources=(f"arn:{partition}:cloudformation:{place}:stack/*-{environment.name}-*/*",),
            reason="mlproject destroy deletes the stacks of a project",
        ),
        Permission(
            sid="ListVersions",
            actions=("s3:ListBucketVersions",),
            resources=buckets,
            reason="a bucket is deleted with its stack only if it is empty",
        ),
        Permission(
            sid="DeleteObjects",
            actions=("s3:DeleteObject", "s3:DeleteObjectVersion"),
            resources=tuple(f"{bucket}/*" for bucket in buckets),
            reason="a bucket is deleted with its stack only if it is empty; object keys depend on the project",
        ),
        Permission(
            sid="DeleteModels",
            actions=("sagemaker:DeleteModelPackage", "sagemaker:ListModelPackages"),
            resources=(
                f"{sagemaker}:model-package-group/*-{environment.name}",
                f"{sagemaker}:model-package/*-{environment.name}/*",
            ),
            reason="a model package group is deleted with its stack only if it is empty",
        ),
    )


def _applications(environment: Environment, *, partition: str) -> str:
    return f"arn:{partition}:emr-serverless:{environment.region}:{environment.account}:/applications/*"


def _stacks(environment: Environment, *, partition: str) -> tuple[str, ...]:
    prefix = f"arn:{partition}:cloudformation:{environment.region}:{environment.account}:stack"
    return (f"{prefix}/{environment.name}-network/*", f"{prefix}/*-{environment.name}-*/*")
