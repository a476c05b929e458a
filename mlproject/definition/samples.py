"""Sample values for placeholders and references, whose values are known only after deployment or at run time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlproject.definition.placeholders import REGISTRIES

_CODE_KEY = "a" * 64

PLACEHOLDERS: Mapping[str, str | list[str]] = {
    "Role": "arn:aws:iam::123456789012:role/flights-dev-pipeline",
    "KmsKey": "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "DataBucket": "flights-dev-data-123456789012-eu-west-1",
    "ArtifactsBucket": "flights-dev-artifacts-123456789012-eu-west-1",
    "ModelGroup": "flights-dev",
    **dict.fromkeys(REGISTRIES, "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
    "ModelMonitorImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer",
    "ClarifyImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0",
    "DefinitionHash": "0" * 64,
    "Subnets": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    "SecurityGroups": ["sg-0a1b2c3d"],
}

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/training:1"

# Run-time values by the last part of the reference: https://docs.aws.amazon.com/sagemaker/latest/dg/
# build-and-manage-properties.html (Steps.*) and build-and-manage-variables.html (Execution.*).
REFERENCES: Mapping[str, str] = {
    "ModelName": "model",
    "TrainingJobName": "training-job",
    "ProcessingJobName": "processing-job",
    "TransformJobName": "transform-job",
    "S3ModelArtifacts": "s3://bucket/model.tar.gz",
    "S3Uri": "s3://bucket/key",
    "S3OutputPath": "s3://bucket/key",
    "PipelineName": "flights-dev",
    "PipelineArn": "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/flights-dev",
    "PipelineExecutionId": "abcdefghijkl",
    "PipelineExecutionArn": "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/flights-dev/execution/abcdefghijkl",
    "StartDateTime": "2026-01-01T00:00:00Z",
    "CurrentDateTime": "2026-01-01T00:00:00Z",
}
# A number from a property file. Conditions and messages also accept it as text.
PROPERTY_FILE_VALUE = "0.5"


def placeholder_values(names: Iterable[str]) -> dict[str, str | list[str]]:
    """Return a sample for each placeholder; for code locations, by the ending of the name."""
    return {name: PLACEHOLDERS.get(name) or _code(name) for name in names}


def _code(name: str) -> str:
    extension = "tar.gz" if name.startswith("Train") else "py"
    return f"{_CODE_KEY}.{extension}" if name.endswith("File") else f"assets-bucket/{_CODE_KEY}.{extension}"


def reference_value(reference: str) -> str:
    """Return a sample for `Steps.<name>...<property>` or `Execution.<variable>`."""
    return REFERENCES.get(reference.rpartition(".")[2], "sample")
