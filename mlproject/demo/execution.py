"""Collect the report of a pipeline run from the definition, the run's result and the model registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from mlproject.definition import branches_of, dependencies, steps_of
from mlproject.report import ModelReport, PipelineReport, StepReport, StepStatus
from mlproject.runner import RunResult, StepResult

BRANCHES = {"IfSteps": "if", "ElseSteps": "else"}


def build_pipeline_report(name: str, definition: Mapping[str, Any], result: RunResult) -> PipelineReport:
    """Combine the graph of a deployed definition with the result of a run."""
    dependencies_of = dependencies(definition)
    branches = {
        inner["Name"]: f"{BRANCHES[key]} {step['Name']}"
        for step in steps_of(definition)
        for key, inside in branches_of(step).items()
        for inner in inside
    }
    return PipelineReport(
        name=name,
        execution_arn=result.execution_arn,
        status=result.status,
        seconds=result.seconds,
        failure=result.failure,
        steps=tuple(
            StepReport(
                name=step.name,
                type=step.type,
                status=_status(step),
                seconds=step.seconds if step.started else None,
                cached=step.cached,
                depends_on=tuple(sorted(dependencies_of[step.name])),
                branch=branches.get(step.name),
                detail=step.failure,
            )
            for step in result.steps
        ),
    )


def _status(step: StepResult) -> StepStatus:
    """Return a step's final status; a step that was still executing when the run ended is stopped."""
    return "Stopped" if step.status == "Executing" else step.status


def read_model(sagemaker: Any, arn: str | None) -> ModelReport | None:
    """Return the registered model package; None if none was registered.

    Args:
        sagemaker: a boto3 client.
    """
    if arn is None:
        return None
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    metadata = package["CustomerMetadataProperties"]
    return ModelReport(
        package_arn=arn,
        version=package["ModelPackageVersion"],
        approval_status=package["ModelApprovalStatus"],
        metrics_uri=package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"],
        commit=package["MetadataProperties"]["CommitId"],
        definition_hash=metadata["DefinitionHash"],
        data_version=metadata["DataVersion"],
    )


def read_output_file(client: Callable[[str], Any], result: RunResult, step: str, output: str, file: str) -> Any:
    """Return a JSON file of a step's output; None if the step did not succeed."""
    uri = result.outputs.get(step, {}).get(output)
    if uri is None:
        return None
    address = urlsplit(uri)
    key = f"{address.path.strip('/')}/{file}"
    return json.load(client("s3").get_object(Bucket=address.netloc, Key=key)["Body"])
