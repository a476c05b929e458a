"""SageMaker Pipelines: stopping an execution, and pipelines that cannot go while they execute."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ConflictException, ResourceNotFound, ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemaker.utils import get_pipeline_execution_from_arn, get_pipeline_from_name

from embedded_aws.gaps._registry import fills

_delete = SageMakerModelBackend.delete_pipeline

RUNNING = ("Executing", "Stopping")


@fills(
    SageMakerResponse,
    "stop_pipeline_execution",
    service="sagemaker",
    what="StopPipelineExecution, at once; a local run that goes on is told nothing and stopped with Ctrl+C",
    why="moto does not know it",
)
def stop_pipeline_execution(self: Any) -> Any:
    arn = self._get_param("PipelineExecutionArn")
    try:
        execution = get_pipeline_execution_from_arn(self.sagemaker_backend.pipelines, arn)
    except (ValidationError, IndexError) as error:
        raise ResourceNotFound(f"Pipeline execution {arn} does not exist.") from error
    if execution.pipeline_execution_status not in RUNNING:
        raise ConflictException(
            f"Pipeline execution {arn} cannot be stopped: its status is {execution.pipeline_execution_status}."
        )
    execution.pipeline_execution_status = "Stopped"
    execution.last_modified_time = utcnow()
    return ActionResult({"PipelineExecutionArn": arn})


@fills(
    SageMakerModelBackend,
    "delete_pipeline",
    service="sagemaker",
    what="DeletePipeline, refused while a runner executes it; an execution that nothing runs is stopped",
    why="moto deletes it",
)
def delete_pipeline(self: Any, pipeline_name: str) -> str:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeletePipeline.html."""
    pipeline = get_pipeline_from_name(self.pipelines, pipeline_name)
    executing = {
        arn: execution
        for arn, execution in pipeline.pipeline_executions.items()
        if execution.pipeline_execution_status in RUNNING
    }
    # A runner reports the steps of its execution; one without a report was started by a client, and waits for ever.
    running = [arn for arn, execution in executing.items() if hasattr(execution, "steps")]
    if running:
        raise ConflictException(
            f"Pipeline {pipeline.arn} cannot be deleted while it executes; stop its executions first: "
            f"{', '.join(running)}"
        )
    for execution in executing.values():
        execution.pipeline_execution_status = "Stopped"
    arn: str = _delete(self, pipeline_name)
    return arn
