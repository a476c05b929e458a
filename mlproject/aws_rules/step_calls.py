"""What AWS asks IAM for when a step runs: calls of SageMaker's own, which nobody makes on this machine.

A table by step type. It is written from AWS's pages, not from the grants in permissions.py, so that a permission
which those lack is found; the two share AWS's own lists for network interfaces and images. A row names kinds of
resources; step_shapes.py and step_questions.py say what they are for one step, from its resolved arguments.

Not in it: what only happens when somebody stops an execution, and the keys of input objects, which no argument names
and the reading of the objects asks for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mlproject.aws_rules.permissions import INTERFACES, METRICS, PULL, VOLUMES, Permission

_ACTIONS = "https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html"
_JOBS = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_PIPELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html"
_S3_ENCRYPTION = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_MULTIPART = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions"

# Who calls: Pipelines with the pipeline's role, or the job with its own; mostly they are the same.
By = Literal["pipeline", "job"]


@dataclass(frozen=True, kw_only=True)
class StepCall:
    """Actions on kinds of resources.

    Args:
        actions: in full.
        on: kinds of resources of a step; one that a step has none of is not asked for.
        by: whose role calls.
        why: what it is for.
        source: the page of AWS.
    """

    actions: tuple[str, ...]
    on: tuple[str, ...]
    by: By
    why: str
    source: str


def _shared(permission: Permission, *on: str) -> StepCall:
    """A row of the grants, asked of the job's role.

    Args:
        permission: the row.
        on: kinds of a step instead of the row's own.
    """
    return StepCall(
        actions=permission.actions,
        on=on or permission.on,
        by="job",
        why=permission.why,
        source=permission.source,
    )


def _started(kind: str) -> tuple[StepCall, ...]:
    return (
        StepCall(
            actions=(f"sagemaker:Create{kind}",),
            on=("new",),
            by="pipeline",
            why="Pipelines makes it with the pipeline's role",
            source=_PIPELINES,
        ),
        StepCall(
            actions=("sagemaker:AddTags", f"sagemaker:Describe{kind}"),
            on=("made",),
            by="pipeline",
            why="Pipelines tags what it makes and follows it",
            source=_PIPELINES,
        ),
    )


_PASS = StepCall(
    actions=("iam:PassRole",), on=("passed role",), by="pipeline", why="the job gets its role", source=_ACTIONS
)
_DESCRIBE, *_ATTACH = INTERFACES
_NETWORK = (_shared(_DESCRIBE, "network"), *map(_shared, _ATTACH))
_LOG_IN, _FETCH = PULL
_IMAGES = (_shared(_LOG_IN, "registries"), _shared(_FETCH))
_REPORTING = (
    StepCall(
        actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        on=("log group",),
        by="job",
        why="the containers' logs",
        source=_LOGS,
    ),
    StepCall(
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        on=("log streams",),
        by="job",
        why="the containers' logs",
        source=_LOGS,
    ),
    _shared(METRICS, "job metrics"),
)
_READ = StepCall(
    actions=("s3:GetObject",), on=("input objects",), by="job", why="inputs, code and models", source=_JOBS
)
_DATA = (
    _READ,
    StepCall(actions=("s3:ListBucket",), on=("input prefixes",), by="job", why="an input is a prefix", source=_JOBS),
    StepCall(
        actions=("s3:GetBucketLocation",),
        on=("buckets",),
        by="job",
        why="a bucket's region is asked for before it is used",
        source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html",
    ),
    StepCall(actions=("s3:PutObject",), on=("output objects",), by="job", why="outputs", source=_JOBS),
)
_KEYS = (
    _shared(VOLUMES, "volume key"),
    StepCall(actions=("kms:Encrypt",), on=("output key",), by="job", why="encrypted outputs", source=_JOBS),
    StepCall(
        actions=("kms:GenerateDataKey",),
        on=("output key in S3",),
        by="job",
        why="S3 encrypts the outputs",
        source=_S3_ENCRYPTION,
    ),
    StepCall(
        actions=("kms:Decrypt",),
        on=("output key in S3",),
        by="job",
        why="a large output is uploaded in parts",
        source=_MULTIPART,
    ),
)
_CONTAINERS = (*_NETWORK, *_IMAGES, *_REPORTING, *_DATA, *_KEYS)

STEP_CALLS: Mapping[str, tuple[StepCall, ...]] = {
    "Processing": (
        *_started("ProcessingJob"),
        _PASS,
        *_CONTAINERS,
        StepCall(
            actions=("s3:GetObject",),
            on=("property files",),
            by="pipeline",
            why="Pipelines itself reads what JsonGet looks into",
            source=_PIPELINES,
        ),
        StepCall(
            actions=("kms:Decrypt",),
            on=("property files' key",),
            by="pipeline",
            why="a property file is encrypted as the outputs are",
            source=_S3_ENCRYPTION,
        ),
    ),
    "Training": (*_started("TrainingJob"), _PASS, *_CONTAINERS),
    # A transform job has no role of its own: it runs with its model's.
    "Transform": (*_started("TransformJob"), *_CONTAINERS),
    "Model": (*_started("Model"), _PASS, *_NETWORK, *_IMAGES, _READ),
    # The two lists of AWS differ in what CreateModelPackage is checked against, so that both must be allowed.
    # Whose rights a package's image and data are looked at with, AWS does not say.
    "RegisterModel": (*_started("ModelPackage"),),
    "Condition": (),
    "Fail": (),
}
