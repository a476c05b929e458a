"""Collect the report of a pipeline run from the definition, the run's result and the model registry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from mlproject.definition import branch_names, dependencies
from mlproject.report import ModelReport, OutputFile, Outputs, PipelineReport, StepReport, StepStatus
from mlproject.runner import RunResult, StepResult
from mlproject.translation import Message


def build_pipeline_report(name: str, definition: Mapping[str, Any], result: RunResult) -> PipelineReport:
    """Combine the graph of a deployed definition with the result of a run."""
    dependencies_of = dependencies(definition)
    branches = branch_names(definition)
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
    statistics = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    return ModelReport(
        package_arn=arn,
        version=package.get("ModelPackageVersion"),
        approval_status=package.get("ModelApprovalStatus"),
        metrics_uri=statistics.get("S3Uri"),
        commit=package.get("MetadataProperties", {}).get("CommitId"),
        metadata=package.get("CustomerMetadataProperties", {}),
    )


def read_outputs(s3: Any, result: RunResult, files: Iterable[OutputFile]) -> Outputs:
    """Read JSON files from the outputs of a run; without those of steps that did not succeed.

    Args:
        s3: a boto3 client.
    """
    contents: dict[OutputFile, object] = {}
    problems: list[str] = []
    for file in files:
        uri = result.outputs.get(file.step, {}).get(file.output)
        if uri is None:
            continue
        address = urlsplit(f"{uri.rstrip('/')}/{file.file}")
        try:
            body = s3.get_object(Bucket=address.netloc, Key=address.path.removeprefix("/"))["Body"].read()
            contents[file] = json.loads(body)
        except s3.exceptions.NoSuchKey:
            problems.append(
                Message("The step {file.step} did not write {file.file} to its output {file.output}.", file=file)
            )
        except ValueError as error:
            problems.append(Message("{file} is not valid JSON: {error}.", file=file, error=error))
    return Outputs(contents=contents, problems=tuple(problems))
