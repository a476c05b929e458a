"""SageMaker Pipelines: moto keeps pipelines and executions, and runs nothing; the local runner does the work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.s3.models import s3_backends
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemaker.utils import get_pipeline_execution_from_arn, get_pipeline_from_name

from embedded_aws.gaps._registry import fills

_create = SageMakerModelBackend.create_pipeline
_start = SageMakerModelBackend.start_pipeline_execution
_describe_execution = SageMakerModelBackend.describe_pipeline_execution


@fills(
    SageMakerModelBackend,
    "create_pipeline",
    service="sagemaker",
    what="CreatePipeline, refused with a definition that is no JSON object with steps",
    why="moto takes any text, and keeps a definition from S3 as an object that DescribePipeline cannot show",
)
def create_pipeline(
    self: Any, *, pipeline_definition: str | None, pipeline_definition_s3_location: Any, **rest: Any
) -> Any:
    text = _definition_text(self, pipeline_definition, pipeline_definition_s3_location)
    return _create(self, pipeline_definition=text, pipeline_definition_s3_location=None, **rest)


@fills(
    SageMakerModelBackend,
    "update_pipeline",
    service="sagemaker",
    what="UpdatePipeline that can empty a description, and says when it was",
    why="moto leaves what is given as empty, and LastModifiedTime",
)
def update_pipeline(
    self: Any,
    pipeline_name: str,
    *,
    pipeline_definition: str | None,
    pipeline_definition_s3_location: Any,
    **changes: Any,
) -> Any:
    pipeline = get_pipeline_from_name(self.pipelines, pipeline_name)
    if pipeline_definition or pipeline_definition_s3_location:
        changes["pipeline_definition"] = _definition_text(self, pipeline_definition, pipeline_definition_s3_location)
    for name, value in changes.items():
        if value is not None:
            setattr(pipeline, name, value)
    pipeline.last_modified_time = utcnow()
    return pipeline.arn


def _definition_text(backend: Any, inline: str | None, place: Mapping[str, Any] | None) -> str | None:
    if inline and place:
        raise ValidationError("Both Pipeline Definition and Pipeline Definition S3 Location shouldn't be present")
    text = inline
    if place:
        found = s3_backends[backend.account_id][backend.partition].get_object(
            place["Bucket"], place["ObjectKey"], version_id=place.get("VersionId")
        )
        if found is None:
            raise ValidationError(
                f"The pipeline definition s3://{place['Bucket']}/{place['ObjectKey']} does not exist."
            )
        text = found.value.decode()
    if text:
        _check_definition(text)
    return text


def _check_definition(text: str) -> None:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ValidationError(f"Unable to parse pipeline definition: {error}") from error
    if not isinstance(document, dict) or "Version" not in document or not isinstance(document.get("Steps"), list):
        raise ValidationError("Unable to parse pipeline definition: it needs a Version and a list of Steps.")


@fills(
    SageMakerModelBackend,
    "start_pipeline_execution",
    service="sagemaker",
    what="StartPipelineExecution that leaves the execution in status Executing; the local runner executes it",
    why="moto says Succeeded at once, though it runs nothing",
)
def start_pipeline_execution(self: Any, pipeline_name: str, *arguments: Any) -> Any:
    started = _start(self, pipeline_name, *arguments)
    execution = get_pipeline_execution_from_arn(self.pipelines, started["PipelineExecutionArn"])
    execution.pipeline_execution_status = "Executing"
    execution.pipeline_parameters = execution.pipeline_parameters or []
    return started


@fills(
    SageMakerModelBackend,
    "describe_pipeline_execution",
    service="sagemaker",
    what="DescribePipelineExecution with the reason of a failure",
    why="moto always says an empty one",
)
def describe_pipeline_execution(self: Any, pipeline_execution_arn: str) -> dict[str, Any]:
    description: dict[str, Any] = _describe_execution(self, pipeline_execution_arn)
    execution = get_pipeline_execution_from_arn(self.pipelines, pipeline_execution_arn)
    return {**description, "FailureReason": execution.pipeline_execution_failure_reason}


@fills(
    SageMakerModelBackend,
    "list_pipeline_executions",
    service="sagemaker",
    what="ListPipelineExecutions, newest first and with a reason only where one failed",
    why="moto lists the oldest first, each with the reason 'None'",
)
def list_pipeline_executions(self: Any, pipeline_name: str) -> dict[str, Any]:
    pipeline = get_pipeline_from_name(self.pipelines, pipeline_name)
    newest_first = reversed(list(pipeline.pipeline_executions.values()))
    return {
        "PipelineExecutionSummaries": [
            {
                "PipelineExecutionArn": execution.arn,
                "StartTime": execution.start_time,
                "PipelineExecutionStatus": execution.pipeline_execution_status,
                "PipelineExecutionDescription": execution.pipeline_execution_description,
                "PipelineExecutionDisplayName": execution.pipeline_execution_display_name,
                "PipelineExecutionFailureReason": execution.pipeline_execution_failure_reason,
            }
            for execution in newest_first
        ]
    }


@fills(
    SageMakerResponse,
    "list_pipeline_execution_steps",
    service="sagemaker",
    what="ListPipelineExecutionSteps, from what the local runner recorded",
    why="moto does not know it",
)
def list_pipeline_execution_steps(self: Any) -> Any:
    arn = self._get_param("PipelineExecutionArn")
    execution = get_pipeline_execution_from_arn(self.sagemaker_backend.pipelines, arn)
    steps = list(getattr(execution, "steps", []))
    if self._get_param("SortOrder", "Descending") == "Descending":
        steps.reverse()
    return ActionResult({"PipelineExecutionSteps": steps})
