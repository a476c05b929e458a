"""Calls that SageMaker itself makes for a step on AWS and that a local run does not make, by step type.

The table is derived from AWS's documentation and not from permissions.py, so that a comparison reveals missing
permissions. Both share AWS's lists of actions for network interfaces and images. A call refers to resource types, which
step_resources.py and access_requests.py translate to ARNs from the resolved arguments of a step.

The table does not contain calls that stop an execution, nor the decryption of input objects, whose keys are not known
from the arguments.
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

# SageMaker Pipelines calls with the pipeline's role, and the job with its own role. Usually the two are the same.
Caller = Literal["pipeline", "job"]


@dataclass(frozen=True, kw_only=True)
class StepCall:
    """IAM actions on types of resources.

    Args:
        actions: IAM actions without wildcards.
        resource_types: types of resources. A type of which the step has no resources causes no call.
        caller: role that makes the call.
        reason: purpose of the call.
        source: URL of the documentation.
    """

    actions: tuple[str, ...]
    resource_types: tuple[str, ...]
    caller: Caller
    reason: str
    source: str


def _from_permission(permission: Permission, *resource_types: str) -> StepCall:
    """Convert a permission to a call with the job's role.

    Args:
        permission: the permission.
        resource_types: resource types of a step, if they differ from those of the permission.
    """
    return StepCall(
        actions=permission.actions,
        resource_types=resource_types or permission.resource_types,
        caller="job",
        reason=permission.reason,
        source=permission.source,
    )


def _creation_calls(kind: str) -> tuple[StepCall, ...]:
    return (
        StepCall(
            actions=(f"sagemaker:Create{kind}",),
            resource_types=("new",),
            caller="pipeline",
            reason="SageMaker Pipelines creates it with the pipeline's role",
            source=_PIPELINES,
        ),
        StepCall(
            actions=("sagemaker:AddTags", f"sagemaker:Describe{kind}"),
            resource_types=("created",),
            caller="pipeline",
            reason="SageMaker Pipelines tags and describes it",
            source=_PIPELINES,
        ),
    )


_PASS = StepCall(
    actions=("iam:PassRole",),
    resource_types=("passed role",),
    caller="pipeline",
    reason="SageMaker Pipelines passes the role to the job",
    source=_ACTIONS,
)
_DESCRIBE, *_ATTACH = INTERFACES
_NETWORK = (_from_permission(_DESCRIBE, "network"), *map(_from_permission, _ATTACH))
_LOG_IN, _FETCH = PULL
_IMAGES = (_from_permission(_LOG_IN, "registries"), _from_permission(_FETCH))
_REPORTING = (
    StepCall(
        actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"),
        resource_types=("log group",),
        caller="job",
        reason="logs of the containers",
        source=_LOGS,
    ),
    StepCall(
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resource_types=("log streams",),
        caller="job",
        reason="logs of the containers",
        source=_LOGS,
    ),
    _from_permission(METRICS, "job metrics"),
)
_READ = StepCall(
    actions=("s3:GetObject",),
    resource_types=("input objects",),
    caller="job",
    reason="inputs, code and models",
    source=_JOBS,
)
_DATA = (
    _READ,
    StepCall(
        actions=("s3:ListBucket",),
        resource_types=("input prefixes",),
        caller="job",
        reason="an input is a prefix whose objects are listed",
        source=_JOBS,
    ),
    StepCall(
        actions=("s3:GetBucketLocation",),
        resource_types=("buckets",),
        caller="job",
        reason="region of the bucket",
        source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html",
    ),
    StepCall(
        actions=("s3:PutObject",), resource_types=("output objects",), caller="job", reason="outputs", source=_JOBS
    ),
)
_KEYS = (
    _from_permission(VOLUMES, "volume key"),
    StepCall(
        actions=("kms:Encrypt",), resource_types=("output key",), caller="job", reason="encrypted outputs", source=_JOBS
    ),
    StepCall(
        actions=("kms:GenerateDataKey",),
        resource_types=("output key in S3",),
        caller="job",
        reason="S3 encrypts the outputs",
        source=_S3_ENCRYPTION,
    ),
    StepCall(
        actions=("kms:Decrypt",),
        resource_types=("output key in S3",),
        caller="job",
        reason="multipart upload of large outputs",
        source=_MULTIPART,
    ),
)
_CONTAINERS = (*_NETWORK, *_IMAGES, *_REPORTING, *_DATA, *_KEYS)

STEP_CALLS: Mapping[str, tuple[StepCall, ...]] = {
    "Processing": (
        *_creation_calls("ProcessingJob"),
        _PASS,
        *_CONTAINERS,
        StepCall(
            actions=("s3:GetObject",),
            resource_types=("property files",),
            caller="pipeline",
            reason="SageMaker Pipelines reads property files for JsonGet",
            source=_PIPELINES,
        ),
        StepCall(
            actions=("kms:Decrypt",),
            resource_types=("property files' key",),
            caller="pipeline",
            reason="property files are encrypted with the key of the outputs",
            source=_S3_ENCRYPTION,
        ),
    ),
    "Training": (*_creation_calls("TrainingJob"), _PASS, *_CONTAINERS),
    # The tuning job creates its training jobs itself; they run with the role that it passes.
    "Tuning": (*_creation_calls("HyperParameterTuningJob"), _PASS, *_CONTAINERS),
    # A transform job runs with the role of its model.
    "Transform": (*_creation_calls("TransformJob"), *_CONTAINERS),
    "Model": (*_creation_calls("Model"), _PASS, *_NETWORK, *_IMAGES, _READ),
    # AWS's two lists disagree on the resource of CreateModelPackage, so both resources must be allowed.
    # AWS does not document whose permissions are used to read the image and the data of a model package.
    "RegisterModel": (*_creation_calls("ModelPackage"),),
    "Condition": (),
    "Fail": (),
}
