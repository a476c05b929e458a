"""Build the definition of a pipeline.py with the SageMaker SDK, without an AWS account or a network.

A definition contains a placeholder `${Name}` for each value that depends on the environment, and the stack replaces
them. `mlproject.definition` defines the allowed names. This module calls the SDK so that it accepts the placeholders.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from pipeline_builder.check_image_table import CLARIFY, MODEL_MONITOR, check_image
from pipeline_builder.images import ImageError, aws_image  # before the SDK, like the settings
from pipeline_builder.sdk_settings import BUILD_REGION  # before the SDK, which it isolates

# isort: split
import boto3
from sagemaker.core import _studio
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.pipeline import Pipeline

XGBOOST_IMAGE = aws_image("xgboost", version="3.2-0")
SKLEARN_IMAGE = aws_image("sklearn", version="1.9-0")
DATA_BUCKET = "s3://${DataBucket}"
ARTIFACTS_BUCKET = "s3://${ArtifactsBucket}"
MODEL_GROUP = "${ModelGroup}"
DEFINITION_HASH = "${DefinitionHash}"

KMS_KEY = "${KmsKey}"
# A list placeholder is the only item of its list. The stack replaces it with any number of values.
SUBNETS = ["${Subnets}"]
SECURITY_GROUPS = ["${SecurityGroups}"]

# The SDK looks up a role in IAM unless it is an ARN with a slash. `build_definition` replaces it with the placeholder.
ROLE = "arn:sentinel:iam::0:role/sentinel"
ROLE_PLACEHOLDER = "${Role}"

# The SDK chooses the images of QualityCheck and ClarifyCheck steps by the region of its session.
_CHECK_IMAGES = {check_image(*MODEL_MONITOR): "${ModelMonitorImage}", check_image(*CLARIFY): "${ClarifyImage}"}
# Exit code of a pipeline.py that asks for an image which does not exist.
INVALID = 2

# In SageMaker Studio, the SDK would add the tags of the user's Studio project to every step.
_studio._find_config = lambda working_dir=None: None


class OfflineSession(PipelineSession):  # type: ignore[misc]  # the SDK is untyped here
    """A session that never calls AWS. The SDK's session would list or create buckets to find its default bucket."""

    def default_bucket(self) -> str:
        return ARTIFACTS_BUCKET.removeprefix("s3://")


def create_session() -> OfflineSession:
    """Return a session with dummy credentials and without the SDK's telemetry."""
    return OfflineSession(
        boto_session=boto3.Session("unused", "unused", region_name=BUILD_REGION),
        default_bucket=ARTIFACTS_BUCKET.removeprefix("s3://"),
        sagemaker_config={
            "SchemaVersion": "1.0",
            "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
        },
    )


def build_definition(*, parameters: Sequence[Any], steps: Sequence[Any], sagemaker_session: OfflineSession) -> str:
    """Return the SDK's definition as JSON, with the placeholders of the role and of the images of checks.

    The experiment configuration is None, since the SDK's default depends on the region of the building machine.
    """
    pipeline = Pipeline(
        "unnamed",  # not in the definition; the stack names the pipeline
        parameters=list(parameters),
        steps=list(steps),
        pipeline_experiment_config=None,
        sagemaker_session=sagemaker_session,
    )
    text = str(pipeline.definition()).replace(json.dumps(ROLE), json.dumps(ROLE_PLACEHOLDER))
    for image, placeholder in _CHECK_IMAGES.items():
        text = text.replace(json.dumps(image), json.dumps(placeholder))
    return text


def main(build: Callable[[], str]) -> None:
    """Print the result of `build`. Output of the SDK goes to standard error.

    Exits with code 2 and the line of pipeline.py if it asks for an image that does not exist.
    """
    with contextlib.redirect_stdout(sys.stderr):
        try:
            text = build()
        except ImageError as error:
            file = build.__code__.co_filename
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
            print(f"{lines[-1] if lines else 1}: {error}", file=sys.stderr)
            raise SystemExit(INVALID) from None
    print(text)
