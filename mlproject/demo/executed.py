"""A run as the report shows it: the graph from the definition, the times from the run, the model from the registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from mlproject.definition import branches_of, dependencies, steps_of
from mlproject.report import ModelReport, PipelineReport, StepReport, StepStatus
from mlproject.runner import RunResult, StepResult

WORDS = {"IfSteps": "if", "ElseSteps": "else"}


def pipeline_report(name: str, definition: Mapping[str, Any], result: RunResult) -> PipelineReport:
    """Join a deployed definition's graph with what a run of it did."""
    waits = dependencies(definition)
    branches = {
        inner["Name"]: f"{WORDS[key]} {step['Name']}"
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
                depends_on=tuple(sorted(waits[step.name])),
                branch=branches.get(step.name),
                detail=step.failure,
            )
            for step in result.steps
        ),
    )


def _status(step: StepResult) -> StepStatus:
    """A run that has ended has no step that still executes."""
    return "Stopped" if step.status == "Executing" else step.status


def model_report(sagemaker: Any, arn: str | None) -> ModelReport | None:
    """Read a registered model package back; None when none was registered.

    Args:
        sagemaker: a boto3 client.
    """
    if arn is None:
        return None
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    told = package["CustomerMetadataProperties"]
    return ModelReport(
        package_arn=arn,
        version=package["ModelPackageVersion"],
        approval_status=package["ModelApprovalStatus"],
        metrics_uri=package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"],
        commit=package["MetadataProperties"]["CommitId"],
        definition_hash=told["DefinitionHash"],
        data_version=told["DataVersion"],
    )


def output_document(client: Callable[[str], Any], result: RunResult, step: str, output: str, file: str) -> Any:
    """A JSON file among a step's outputs; None when the step did not succeed."""
    uri = result.outputs.get(step, {}).get(output)
    if uri is None:
        return None
    address = urlsplit(uri)
    key = f"{address.path.strip('/')}/{file}"
    return json.load(client("s3").get_object(Bucket=address.netloc, Key=key)["Body"])
