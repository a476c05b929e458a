"""Least-privilege permissions of the pipeline's role for the steps that SageMaker itself runs, by step type.

A permission refers to resource types and values instead of ARNs, which a stack or the runner provides. The containers
run with the same role, so that the permissions of step scripts are included. step_permissions.py adds the other types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_JOBS = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_PIPELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"
_NETWORK = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"
_IMAGES = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"
_TUNING = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"
_METRICS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"
_GRANTS = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"

ANY_RESOURCE = "any resource"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """IAM actions on types of resources.

    Args:
        sid: id of the statement.
        actions: IAM actions without wildcards.
        resource_types: types of resources, or ANY_RESOURCE for actions without resource-level permissions.
        condition: operator, key and type of value, such as `("StringLike", "s3:prefix", "data prefixes")`.
        reason: what requires the permission.
        source: URL of the documentation.
    """

    sid: str
    actions: tuple[str, ...]
    resource_types: tuple[str, ...]
    condition: tuple[str, str, str] | None = None
    reason: str
    source: str


PASS_ITSELF = Permission(
    sid="PassItself",
    actions=("iam:PassRole",),
    resource_types=("role",),
    condition=("StringEquals", "iam:PassedToService", "sagemaker"),
    reason="the pipeline starts its jobs with its own role",
    source=_PIPELINES,
)
_KEY = Permission(
    sid="UseKey",
    actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    resource_types=("key",),
    reason="objects in the project's buckets, outputs of jobs",
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
    """Return the permissions for network interfaces in the project's VPC.

    Args:
        user: what uses the network interfaces, such as `a job`.
        source: URL of the documentation.
    """
    return (
        Permission(
            sid="DescribeNetwork",
            actions=DESCRIBE_NETWORK,
            resource_types=(ANY_RESOURCE,),
            reason=f"{user} in a VPC. The Describe actions of EC2 have no resource-level permissions",
            source=source,
        ),
        Permission(
            sid="CreateNetworkInterface",
            actions=("ec2:CreateNetworkInterface",),
            resource_types=("network interfaces", "security group", "subnets"),
            reason=f"{user} in a VPC, only in the project's network",
            source=source,
        ),
        Permission(
            sid="UseNetworkInterface",
            actions=(
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ),
            resource_types=("network interfaces",),
            reason=f"{user} in a VPC. The id of the interface is not known in advance",
            source=source,
        ),
    )


INTERFACES = network_interfaces("a job", source=_NETWORK)
PULL = (
    Permission(
        sid="LogInToRegistry",
        actions=("ecr:GetAuthorizationToken",),
        resource_types=(ANY_RESOURCE,),
        reason="the login to a registry has no resource-level permissions",
        source=_IMAGES,
    ),
    Permission(
        sid="PullImages",
        actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        resource_types=("images",),
        reason="images of the containers: AWS's, and the team's own",
        source=_IMAGES,
    ),
)
VOLUMES = Permission(
    sid="EncryptVolumes",
    actions=("kms:CreateGrant",),
    resource_types=("key",),
    condition=("Bool", "kms:GrantIsForAWSResource", "true"),
    reason="EBS encrypts the volume of the job",
    source=_GRANTS,
)
METRICS = Permission(
    sid="PublishMetrics",
    actions=("cloudwatch:PutMetricData",),
    resource_types=(ANY_RESOURCE,),
    condition=("StringEquals", "cloudwatch:namespace", "job metrics"),
    reason="metrics of the jobs. CloudWatch can restrict the action only by namespace",
    source=_METRICS,
)
RUN = (
    VOLUMES,
    Permission(
        sid="WriteLogs",
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        resource_types=("job logs",),
        reason="logs of the containers",
        source=_JOBS,
    ),
    METRICS,
)
READ = (
    _KEY,
    Permission(
        sid="ReadData",
        actions=("s3:GetObject",),
        resource_types=("data objects", "artifact objects", "code objects"),
        reason="inputs and code of the steps",
        source=_JOBS,
    ),
    *(
        Permission(
            sid=f"List{what.capitalize()}",
            actions=("s3:ListBucket",),
            resource_types=(f"{what} bucket",),
            condition=("StringLike", "s3:prefix", f"{what} prefixes"),
            reason="an input is a prefix whose objects SageMaker lists",
            source=_JOBS,
        )
        for what in ("data", "artifact", "code")
    ),
    Permission(
        sid="LocateBuckets",
        actions=("s3:GetBucketLocation",),
        resource_types=("data bucket", "artifact bucket", "code bucket"),
        reason="SageMaker reads the region of a bucket",
        source=_JOBS,
    ),
)
WRITE = (
    Permission(
        sid="WriteArtifacts",
        actions=("s3:AbortMultipartUpload", "s3:PutObject"),
        resource_types=("artifact objects",),
        reason="outputs of the steps",
        source=_JOBS,
    ),
)
_CONTAINERS = (*INTERFACES, *PULL, *RUN, *READ, *WRITE)
JOB = (PASS_ITSELF, *_CONTAINERS)


# _PIPELINES documents PassRole, and Create and Describe for each type of job. Stop and AddTags are not documented, but
# stopping an execution stops its jobs, and without AddTags a service cannot tag the jobs that it starts
# (https://github.com/aws/aws-cdk/issues/32294). The names `pipelines-*` occur only in AWS's examples:
# https://docs.aws.amazon.com/sagemaker/latest/dg/run-pipeline.html
def run_permission(job: str, resource_type: str) -> Permission:
    """Return the permission to create, describe, stop and tag jobs.

    Args:
        job: the job in the names of the API's operations, such as `ProcessingJob`.
        resource_type: the type of its resources.
    """
    return Permission(
        sid=f"Run{job}",
        actions=tuple(f"sagemaker:{verb}" for verb in ("AddTags", f"Create{job}", f"Describe{job}", f"Stop{job}")),
        resource_types=(resource_type,),
        reason="SageMaker Pipelines starts, describes, stops and tags its jobs, which are named pipelines-*",
        source=_PIPELINES,
    )


JOB_STEP_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    "Processing": (run_permission("ProcessingJob", "processing jobs"), *JOB),
    "Training": (run_permission("TrainingJob", "training jobs"), *JOB),
    # A transform job is created without a role: it runs with the one of its model.
    "Transform": (run_permission("TransformJob", "transform jobs"), *_CONTAINERS),
    "Tuning": (
        run_permission("HyperParameterTuningJob", "tuning jobs"),
        Permission(
            sid="ListTrials",
            actions=("sagemaker:ListTrainingJobsForHyperParameterTuningJob",),
            resource_types=("tuning jobs",),
            reason="references to the best training jobs",
            source=_TUNING,
        ),
        *JOB,
    ),
    "Model": (
        Permission(
            sid="CreateModels",
            actions=("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel"),
            resource_types=("models",),
            reason="models that Transform steps use",
            source=_PIPELINES,
        ),
        PASS_ITSELF,
        *INTERFACES,
        *PULL,
        *READ,
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
            resource_types=("model package group", "model packages"),
            reason="versions in the project's model package group",
            source=_PIPELINES,
        ),
        *PULL,
        *READ,
    ),
    "Condition": (),
    "Fail": (),
}
