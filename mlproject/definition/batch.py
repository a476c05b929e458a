"""The definition of the pipeline that scores files with the served model."""

from __future__ import annotations

import json
from typing import Any

from mlproject.parameters import BatchTransform
from mlproject.parameters.tables.serving_types import has_local_storage

# Prefixes of the artifact bucket. `predictions/` never expires; `captured/` does, see the storage stack.
PREDICTIONS = "serving/predictions"
CAPTURED = "serving/captured"
STEP = "Score"
# SageMaker starts jobs at a limited rate, and instances may be used up for a while:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
_RETRIES: list[dict[str, Any]] = [
    {
        "ExceptionType": ["Step.SERVICE_FAULT", "Step.THROTTLING"],
        "IntervalSeconds": 10,
        "BackoffRate": 2.0,
        "MaxAttempts": 5,
    },
    {
        "ExceptionType": ["SageMaker.CAPACITY_ERROR"],
        "IntervalSeconds": 60,
        "BackoffRate": 2.0,
        "MaxAttempts": 5,
    },
]


def batch_definition(batch: BatchTransform) -> str:
    """Return the definition for Fn::Sub, with the placeholders DataBucket, ArtifactsBucket, KmsKey and Model.

    Args:
        batch: the parameters of the batch transform.
    """
    key = {} if has_local_storage(batch.instance_type) else {"VolumeKmsKeyId": "${KmsKey}"}
    uri = {"Std:Join": {"On": "/", "Values": ["s3:/", "${DataBucket}", {"Get": "Parameters.InputPrefix"}]}}
    execution = {"Get": "Execution.PipelineExecutionId"}
    output = {"Std:Join": {"On": "/", "Values": ["s3:/", "${ArtifactsBucket}", PREDICTIONS, execution]}}
    step = {
        "Name": STEP,
        "Type": "Transform",
        "Arguments": {
            "ModelName": "${Model}",
            "BatchStrategy": "MultiRecord",
            "TransformInput": {
                "ContentType": "text/csv",
                "SplitType": "Line",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            },
            "TransformOutput": {
                "Accept": "text/csv",
                "AssembleWith": "Line",
                "KmsKeyId": "${KmsKey}",
                "S3OutputPath": output,
            },
            "TransformResources": {
                "InstanceCount": batch.instance_count,
                "InstanceType": batch.instance_type,
                **key,
            },
        },
        "RetryPolicies": _RETRIES,
    }
    parameter = {"Name": "InputPrefix", "Type": "String", "DefaultValue": batch.input_prefix}
    return json.dumps({"Version": "2020-12-01", "Parameters": [parameter], "Steps": [step]}, separators=(",", ":"))
