"""Start a deployed pipeline in AWS, follow its execution, and fetch the log of a failed step."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from mlproject.runner.container.processes import LAST_LINES
from mlproject.runner.parameters import Scalar, parameter_values
from mlproject.runner.references import as_text
from mlproject.runner.results import Observer, RunResult, RunStatus, StepResult, StepStatus

# Seconds between polls. A step takes minutes on AWS, and the calls are throttled per account.
INTERVAL = 10.0
_FINAL: Mapping[str, RunStatus] = {"Succeeded": "Succeeded", "Failed": "Failed", "Stopped": "Stopped"}
_STEP: Mapping[str, StepStatus] = {**_FINAL, "Starting": "Executing", "Executing": "Executing", "Stopping": "Executing"}
# https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
_LOG_GROUPS: Mapping[str, str] = {
    "ProcessingJob": "/aws/sagemaker/ProcessingJobs",
    "TrainingJob": "/aws/sagemaker/TrainingJobs",
    "TransformJob": "/aws/sagemaker/TransformJobs",
}


def run_on_aws(
    *,
    sagemaker: Any,
    logs: Any,
    name: str,
    parameters: Mapping[str, Scalar],
    defaults: Mapping[str, Scalar],
    started: Callable[[str], None] = lambda _: None,
    observer: Observer = lambda _: None,
    pause: Callable[[float], None] = time.sleep,
) -> RunResult:
    """Start an execution and wait until it ends.

    Args:
        sagemaker: boto3 client.
        logs: boto3 client of CloudWatch Logs.
        name: the pipeline's name.
        parameters: values of pipeline parameters.
        defaults: values for parameters that `parameters` omits, used if the definition declares them, such as Commit.
        started: called with the ARN of the execution.
        observer: called when a step starts or ends.
        pause: waits for a number of seconds.

    Raises:
        UserError: a parameter is invalid; nothing was started.
        ClientError: a call to AWS failed.
    """
    definition = json.loads(sagemaker.describe_pipeline(PipelineName=name)["PipelineDefinition"])
    declared = {parameter["Name"] for parameter in definition.get("Parameters", [])}
    given = {**{key: value for key, value in defaults.items() if key in declared}, **parameters}
    values = parameter_values(definition, given)
    arn = sagemaker.start_pipeline_execution(
        PipelineName=name,
        PipelineParameters=[{"Name": key, "Value": as_text(values[key])} for key in given],
    )["PipelineExecutionArn"]
    started(arn)
    return _follow(sagemaker, logs, arn, observer=observer, pause=pause)


def _follow(sagemaker: Any, logs: Any, arn: str, *, observer: Observer, pause: Callable[[float], None]) -> RunResult:
    seen: dict[str, StepResult] = {}
    while True:
        execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        for listed in _steps(sagemaker, arn):
            step = _step(listed)
            before = seen.get(step.name)
            seen[step.name] = step
            if before is None or before.status != step.status:
                observer(step)
        status = _FINAL.get(execution["PipelineExecutionStatus"])
        if status:
            break
        pause(INTERVAL)
    failure = _failure(logs, execution, seen) if status == "Failed" else None
    packages = [step.metadata["RegisterModel"]["Arn"] for step in seen.values() if "RegisterModel" in step.metadata]
    return RunResult(
        execution_arn=arn,
        status=status,
        failure=failure,
        seconds=(execution["LastModifiedTime"] - execution["CreationTime"]).total_seconds(),
        steps=tuple(seen.values()),
        outputs={},
        property_files={},
        model_package_arn=packages[-1] if packages else None,
        folder=None,
    )


def _steps(sagemaker: Any, arn: str) -> Iterator[Mapping[str, Any]]:
    """Yield every started step, in the order of their start."""
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn, SortOrder="Ascending"
    )
    for page in pages:
        yield from page["PipelineExecutionSteps"]


def _step(listed: Mapping[str, Any]) -> StepResult:
    begun, end = listed.get("StartTime"), listed.get("EndTime")
    metadata = listed.get("Metadata", {})
    source = listed.get("CacheHitResult", {}).get("SourcePipelineExecutionArn")
    return StepResult(
        name=listed["StepName"],
        type=next(iter(metadata), "Step").removesuffix("Job"),
        status=_STEP[listed["StepStatus"]],
        started=begun,
        seconds=(end - begun).total_seconds() if begun and end else 0.0,
        cached=source is not None,
        source=source,
        failure=listed.get("FailureReason"),
        metadata=metadata,
    )


def _failure(logs: Any, execution: Mapping[str, Any], steps: Mapping[str, StepResult]) -> str:
    """Describe why the execution failed: the first failed step with the last lines of its log."""
    for step in steps.values():
        if step.status == "Failed":
            return f"step {step.name} failed: {step.failure or 'no reason reported'}{_last_lines(logs, step)}"
    return str(execution.get("FailureReason", "AWS reports no reason"))


def _last_lines(logs: Any, step: StepResult) -> str:
    for kind, group in _LOG_GROUPS.items():
        if kind in step.metadata:
            job = step.metadata[kind]["Arn"].rpartition("/")[2]
            try:
                lines = _log(logs, group, job)
            except ClientError as error:
                details = error.response["Error"]
                return f"\nIts log {group}/{job} cannot be read: {details['Message']} ({details['Code']})"
            quoted = "".join(f"\n  {line}" for line in lines) or " none."
            return f"\nThe last lines of {group}/{job}:{quoted}"
    return ""


def _log(logs: Any, group: str, job: str) -> list[str]:
    """Return the last lines of a job's log; with several instances, of the most recent log stream."""
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")["logStreams"]
    if not streams:
        return []
    stream = max(streams, key=lambda found: found.get("lastEventTimestamp", 0))["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, limit=LAST_LINES, startFromHead=False)
    return [event["message"].rstrip() for event in events["events"]]
