"""What every pipeline.py needs to build its definition with the SageMaker SDK, without an account or a network.

A definition holds `${Name}` where the value depends on the environment; the list of names is closed (see
mlproject.definition) and the stack fills it. This module knows how the SDK must be asked so that it lets them pass.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from pipeline_builder.sdk_settings import BUILD_REGION  # first: it shields the SDK

# isort: split
import boto3
from sagemaker.core import _studio
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.pipeline import Pipeline

XGBOOST_IMAGE = "${XgboostImage}"
SKLEARN_IMAGE = "${SklearnImage}"
DATA_BUCKET = "s3://${DataBucket}"
ARTIFACTS_BUCKET = "s3://${ArtifactsBucket}"
MODEL_GROUP = "${ModelGroup}"
DEFINITION_HASH = "${DefinitionHash}"

KMS_KEY = "${KmsKey}"
# A list placeholder stands alone in its list: the stack fills it with as many values as there are.
SUBNETS = ["${Subnets}"]
SECURITY_GROUPS = ["${SecurityGroups}"]

# The SDK looks a role up in IAM unless it is an ARN with a slash; `definition` puts the placeholder in its place.
ROLE = "arn:sentinel:iam::0:role/sentinel"
ROLE_PLACEHOLDER = "${Role}"

# Inside SageMaker Studio the SDK would add the tags of the user's Studio project to every step.
_studio._find_config = lambda working_dir=None: None


class OfflineSession(PipelineSession):  # type: ignore[misc]  # the SDK is untyped here
    """A session that never calls AWS: the SDK's own lists buckets, or creates one, to find its default bucket."""

    def default_bucket(self) -> str:
        return ARTIFACTS_BUCKET.removeprefix("s3://")


def session() -> OfflineSession:
    """A session with credentials that are worth nothing, and without the SDK's usage reports."""
    return OfflineSession(
        boto_session=boto3.Session("unused", "unused", region_name=BUILD_REGION),
        default_bucket=ARTIFACTS_BUCKET.removeprefix("s3://"),
        sagemaker_config={
            "SchemaVersion": "1.0",
            "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
        },
    )


def definition(*, parameters: Sequence[Any], steps: Sequence[Any], sagemaker_session: OfflineSession) -> str:
    """The definition's JSON as the SDK writes it, with the role's placeholder.

    The experiment configuration is None: else the SDK chooses it by the region of the machine that builds.
    """
    pipeline = Pipeline(
        "unnamed",  # the stack names the pipeline; a definition holds no name
        parameters=list(parameters),
        steps=list(steps),
        pipeline_experiment_config=None,
        sagemaker_session=sagemaker_session,
    )
    return str(pipeline.definition()).replace(json.dumps(ROLE), json.dumps(ROLE_PLACEHOLDER))


def main(build: Callable[[], str]) -> None:
    """Print what `build` returns; whatever the SDK itself prints goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr):
        text = build()
    print(text)
