"""What the role of a pipeline may do: a table of permissions by step type, as small as AWS's documentation allows.

A row names kinds of resources and values, not ARNs: a stack gives the ARNs of a deployment, a runner those of a step.
The pipeline's role is also the role inside the containers, so what a step script calls stands here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_JOBS = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_PIPELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"
_NETWORK = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"
_IMAGES = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"
_METRICS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"
_GRANTS = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"

EVERYTHING = "everything"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Actions on kinds of resources.

    Args:
        sid: the statement's name.
        actions: in full, never with a wildcard.
        on: kinds of resources; `everything` only where AWS knows no resource for the action.
        condition: operator, key and kind of value, such as `("StringLike", "s3:prefix", "data prefixes")`.
        why: what needs it.
        source: the page of AWS.
    """

    sid: str
    actions: tuple[str, ...]
    on: tuple[str, ...]
    condition: tuple[str, str, str] | None = None
    why: str
    source: str


_PASS = Permission(
    sid="PassItself",
    actions=("iam:PassRole",),
    on=("role",),
    condition=("StringEquals", "iam:PassedToService", "sagemaker"),
    why="the pipeline starts its jobs with its own role",
    source=_PIPELINES,
)
_KEY = Permission(
    sid="UseKey",
    actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    on=("key",),
    why="objects in the project's buckets, outputs of jobs",
    source=_JOBS,
)

DESCRIBE_NETWORK = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def network_interfaces(user: str, *, source: str) -> tuple[Permission, ...]:
    """The rows of what SageMaker runs in the project's network.

    Args:
        user: such as `a job`.
        source: the page of AWS.
    """
    return (
        Permission(
            sid="DescribeNetwork",
            actions=DESCRIBE_NETWORK,
            on=(EVERYTHING,),
            why=f"{user} in a VPC; EC2's Describe actions know no resource",
            source=source,
        ),
        Permission(
            sid="CreateNetworkInterface",
            actions=("ec2:CreateNetworkInterface",),
            on=("network interfaces", "security group", "subnets"),
            why=f"{user} in a VPC, in the project's own network only",
            source=source,
        ),
        Permission(
            sid="UseNetworkInterface",
            actions=(
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ),
            on=("network interfaces",),
            why=f"{user} in a VPC; the interface's id is unknown before",
            source=source,
        ),
    )


INTERFACES = network_interfaces("a job", source=_NETWORK)
PULL = (
    Permission(
        sid="LogInToRegistry",
        actions=("ecr:GetAuthorizationToken",),
        on=(EVERYTHING,),
        why="the login to a registry knows no resource",
        source=_IMAGES,
    ),
    Permission(
        sid="PullImages",
        actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        on=("images",),
        why="the containers' images in AWS's account",
        source=_IMAGES,
    ),
)
VOLUMES = Permission(
    sid="EncryptVolumes",
    actions=("kms:CreateGrant",),
    on=("key",),
    condition=("Bool", "kms:GrantIsForAWSResource", "true"),
    why="EBS encrypts the job's volume",
    source=_GRANTS,
)
METRICS = Permission(
    sid="PublishMetrics",
    actions=("cloudwatch:PutMetricData",),
    on=(EVERYTHING,),
    condition=("StringEquals", "cloudwatch:namespace", "job metrics"),
    why="the jobs' metrics; the namespace is the only limit that CloudWatch knows",
    source=_METRICS,
)
_RUN = (
    VOLUMES,
    Permission(
        sid="WriteLogs",
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        on=("job logs",),
        why="the containers' logs",
        source=_JOBS,
    ),
    METRICS,
)
_READ = (
    _KEY,
    Permission(
        sid="ReadData",
        actions=("s3:GetObject",),
        on=("data objects", "artifact objects", "code objects"),
        why="inputs and code of the steps",
        source=_JOBS,
    ),
    *(
        Permission(
            sid=f"List{what.capitalize()}",
            actions=("s3:ListBucket",),
            on=(f"{what} bucket",),
            condition=("StringLike", "s3:prefix", f"{what} prefixes"),
            why="an input is a prefix, which SageMaker lists",
            source=_JOBS,
        )
        for what in ("data", "artifact", "code")
    ),
    Permission(
        sid="LocateBuckets",
        actions=("s3:GetBucketLocation",),
        on=("data bucket", "artifact bucket", "code bucket"),
        why="SageMaker asks in which region a bucket is",
        source=_JOBS,
    ),
)
_WRITE = (
    Permission(
        sid="WriteArtifacts",
        actions=("s3:AbortMultipartUpload", "s3:PutObject"),
        on=("artifact objects",),
        why="outputs of the steps",
        source=_JOBS,
    ),
)
_JOB = (_PASS, *INTERFACES, *PULL, *_RUN, *_READ, *_WRITE)


# _PIPELINES asks for PassRole, and for Create and Describe of each kind of job. Of Stop and AddTags no page was found:
# a run that is stopped stops its jobs, and a role without AddTags fails where a service tags the jobs that it starts
# (https://github.com/aws/aws-cdk/issues/32294). The names `pipelines-*` stand in AWS's examples alone:
# https://docs.aws.amazon.com/sagemaker/latest/dg/run-pipeline.html
def _started(what: str, on: str) -> Permission:
    return Permission(
        sid=f"Run{what}",
        actions=tuple(f"sagemaker:{verb}" for verb in ("AddTags", f"Create{what}", f"Describe{what}", f"Stop{what}")),
        on=(on,),
        why="Pipelines starts, follows, stops and tags what it calls pipelines-*",
        source=_PIPELINES,
    )


STEP_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    "Processing": (_started("ProcessingJob", "processing jobs"), *_JOB),
    "Training": (_started("TrainingJob", "training jobs"), *_JOB),
    "Transform": (_started("TransformJob", "transform jobs"), *_JOB),
    "Model": (
        Permission(
            sid="CreateModels",
            actions=("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel"),
            on=("models",),
            why="a model that a Transform step uses",
            source=_PIPELINES,
        ),
        _PASS,
        *INTERFACES,
        *PULL,
        *_READ,
    ),
    "RegisterModel": (
        Permission(
            sid="RegisterModels",
            actions=(
                "sagemaker:AddTags",
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
            ),
            on=("model package group", "model packages"),
            why="a version in the project's own group",
            source=_PIPELINES,
        ),
        *PULL,
        *_READ,
    ),
    "Condition": (),
    "Fail": (),
}


def permissions_for(step_types: Iterable[str]) -> tuple[Permission, ...]:
    """The permissions that these step types need together, each once, sorted by name.

    Raises:
        KeyError: a step type without a row; the definition's check refuses it before.
    """
    found = {permission.sid: permission for kind in step_types for permission in STEP_PERMISSIONS[kind]}
    return tuple(found[sid] for sid in sorted(found))
