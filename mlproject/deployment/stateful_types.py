"""The resource types that contain data or work, which a new resource does not have."""

from __future__ import annotations

from collections.abc import Mapping

# An EMR cluster is not one of them: its data is in S3, it terminates when it is idle, and `mlproject cluster up`
# replaces it. Roles, policies, security groups, topics and endpoints contain nothing that a deployment cannot create.
STATEFUL_TYPES: Mapping[str, str] = {
    "AWS::S3::Bucket": "a bucket contains data",
    # https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    "AWS::KMS::Key": "data that was encrypted with a key is unreadable without it",
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteNotebookInstance.html
    "AWS::SageMaker::NotebookInstance": "the volume of a notebook contains work, and there is no snapshot of it",
    "AWS::SageMaker::ModelPackageGroup": "a model package group contains the registered models",
    "AWS::Logs::LogGroup": "a log group contains the records of the past",
}

# Properties that can only grow. A smaller value fails.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html (VolumeSizeInGB)
GROWING_PROPERTIES: Mapping[str, str] = {"AWS::SageMaker::NotebookInstance": "VolumeSizeInGB"}
