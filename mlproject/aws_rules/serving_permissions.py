"""Least-privilege permissions of the role with which a project serves its model."""

from __future__ import annotations

from mlproject.aws_rules.permissions import (
    ANY_RESOURCE,
    INTERFACES,
    JOB_STEP_PERMISSIONS,
    PULL,
    VOLUMES,
    Permission,
)
from mlproject.parameters import Serving

_HOSTING = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms"
_ROLLBACK = "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html"
_CAPTURE = "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html"

# A model's archive and its inference script, of whichever version is served.
MODEL_PERMISSIONS: tuple[Permission, ...] = (
    *PULL,
    Permission(
        sid="ReadModels",
        actions=("s3:GetObject",),
        resource_types=("model objects", "script objects"),
        reason="the archives of the served versions; an older version's script has another hash than today's",
        source=_HOSTING,
    ),
    Permission(
        sid="ListModels",
        actions=("s3:ListBucket",),
        resource_types=("model bucket",),
        condition=("StringLike", "s3:prefix", "model prefixes"),
        reason="SageMaker looks the archives up",
        source=_HOSTING,
    ),
    Permission(
        sid="ListScripts",
        actions=("s3:ListBucket",),
        resource_types=("script bucket",),
        condition=("StringLike", "s3:prefix", "script prefixes"),
        reason="the container looks the inference script up",
        source=_HOSTING,
    ),
    Permission(
        sid="UseKey",
        actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        resource_types=("key",),
        reason="objects in the project's buckets, captured data, predictions",
        source=_HOSTING,
    ),
)
ENDPOINT_PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        sid="WriteEndpointLogs",
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        resource_types=("endpoint logs",),
        reason="logs of the containers",
        source=_HOSTING,
    ),
    Permission(
        sid="PublishEndpointMetrics",
        actions=("cloudwatch:PutMetricData",),
        resource_types=(ANY_RESOURCE,),
        condition=("StringEquals", "cloudwatch:namespace", "endpoint metrics"),
        reason="metrics of the instances. CloudWatch can restrict the action only by namespace",
        source=_HOSTING,
    ),
)
REAL_TIME_PERMISSIONS: tuple[Permission, ...] = (
    *INTERFACES,
    VOLUMES,
    Permission(
        sid="ReadAlarms",
        actions=("cloudwatch:DescribeAlarms",),
        resource_types=("alarms",),
        reason="the automatic rollback of a deployment",
        source=_ROLLBACK,
    ),
    Permission(
        sid="CaptureData",
        actions=("s3:PutObject",),
        resource_types=("captured objects",),
        reason="captured requests and responses",
        source=_CAPTURE,
    ),
)
# The batch pipeline's permissions are those of a pipeline with a Transform step.
BATCH_PERMISSIONS = JOB_STEP_PERMISSIONS["Transform"]


def serving_permissions(serving: Serving) -> tuple[Permission, ...]:
    """Return the permissions for what the parameters ask for, sorted by sid and without duplicates."""
    endpoint = serving.endpoint
    found = (
        *MODEL_PERMISSIONS,
        *(ENDPOINT_PERMISSIONS if endpoint else ()),
        *(REAL_TIME_PERMISSIONS if endpoint and endpoint.kind == "real_time" else ()),
        *(BATCH_PERMISSIONS if serving.batch else ()),
    )
    by_sid = {permission.sid: permission for permission in found}
    return tuple(by_sid[sid] for sid in sorted(by_sid))
