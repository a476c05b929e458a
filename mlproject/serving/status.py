"""Status of what serves a project's model, as reported by CloudFormation, SageMaker and CloudWatch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from mlproject.names import Names

Clients = Callable[[str], Any]

CONFIGURATION = "AWS::SageMaker::EndpointConfig"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_ALARM = "AWS::CloudWatch::Alarm"
_PIPELINE = "AWS::SageMaker::Pipeline"


@dataclass(frozen=True, kw_only=True)
class EndpointStatus:
    """Status of an endpoint.

    Args:
        name: name of the endpoint, which callers use.
        url: URL of its invocations.
        status: such as `InService`.
        version: version of the model that it serves, or None if its model is not a version.
        changed: time of the last change.
        failure: why the last change failed, as SageMaker reports it.
    """

    name: str
    url: str
    status: str
    version: int | None
    changed: datetime
    failure: str | None


@dataclass(frozen=True, kw_only=True)
class AlarmState:
    """State of an alarm.

    Args:
        name: name of the alarm.
        metric: such as `ModelLatency`.
        state: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    """

    name: str
    metric: str
    state: str


@dataclass(frozen=True, kw_only=True)
class BatchStatus:
    """Status of the batch pipeline.

    Args:
        pipeline: name of the pipeline.
        last_execution: ARN of its last execution, or None.
        status: status of that execution, such as `Succeeded`, or None.
    """

    pipeline: str
    last_execution: str | None
    status: str | None


@dataclass(frozen=True, kw_only=True)
class ServingStatus:
    """Status of a project's serving stack and its resources.

    Args:
        stack: name of the stack.
        stack_status: status of the stack, or None if it is not deployed.
        deployed: time of the last deployment.
        reason: why the last deployment failed, from the first failed resource.
        endpoint: the endpoint, or None if the stack has none.
        batch: the batch pipeline, or None if the stack has none.
        alarms: the alarms of the stack.
    """

    stack: str
    stack_status: str | None = None
    deployed: datetime | None = None
    reason: str | None = None
    endpoint: EndpointStatus | None = None
    batch: BatchStatus | None = None
    alarms: tuple[AlarmState, ...] = ()


def read_status(names: Names, client: Clients) -> ServingStatus:
    """Read the status of a project's serving stack.

    Args:
        names: names of the deployment.
        client: returns the boto3 client of a service.
    """
    stack = names.stack("serving")
    cloudformation = client("cloudformation")
    described = describe_stack(stack, cloudformation)
    if described is None:
        return ServingStatus(stack=stack)
    resources = list(stack_resources(stack, cloudformation))
    return ServingStatus(
        stack=stack,
        stack_status=described["StackStatus"],
        deployed=described.get("LastUpdatedTime") or described["CreationTime"],
        reason=_failure(stack, cloudformation) if "ROLLBACK" in described["StackStatus"] else None,
        endpoint=next((_endpoint(name, names, client) for type_, name in resources if type_ == _ENDPOINT), None),
        batch=next((_batch(name, client) for type_, name in resources if type_ == _PIPELINE), None),
        alarms=_alarms([name for type_, name in resources if type_ == _ALARM], client),
    )


def describe_stack(name: str, cloudformation: Any) -> dict[str, Any] | None:
    """Return the description of a stack; None if it does not exist."""
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return found


def stack_resources(name: str, cloudformation: Any) -> Iterator[tuple[str, str]]:
    """Yield the type and the name of each resource of a stack, which is the end of an ARN."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        for each in page["StackResourceSummaries"]:
            if "PhysicalResourceId" in each and each["ResourceStatus"] != "DELETE_COMPLETE":
                yield each["ResourceType"], each["PhysicalResourceId"].rpartition("/")[2]


def served_version(configuration: str, sagemaker: Any) -> int | None:
    """Return the version of the model in an endpoint configuration; None if its model is not a version."""
    described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    model = sagemaker.describe_model(ModelName=described["ProductionVariants"][0]["ModelName"])
    package = model.get("PrimaryContainer", {}).get("ModelPackageName", "")
    version = package.rpartition("/")[2]
    return int(version) if version.isdigit() else None


def _endpoint(name: str, names: Names, client: Clients) -> EndpointStatus | None:
    sagemaker = client("sagemaker")
    try:
        described = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise
    return EndpointStatus(
        name=name,
        url=f"{client('sagemaker-runtime').meta.endpoint_url}/endpoints/{name}/invocations",
        status=described["EndpointStatus"],
        version=served_version(described["EndpointConfigName"], sagemaker),
        changed=described["LastModifiedTime"],
        failure=described.get("FailureReason"),
    )


def _batch(pipeline: str, client: Clients) -> BatchStatus:
    executions = client("sagemaker").list_pipeline_executions(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending", MaxResults=1
    )["PipelineExecutionSummaries"]
    last = executions[0] if executions else {}
    return BatchStatus(
        pipeline=pipeline,
        last_execution=last.get("PipelineExecutionArn"),
        status=last.get("PipelineExecutionStatus"),
    )


def _alarms(names: list[str], client: Clients) -> tuple[AlarmState, ...]:
    if not names:
        return ()
    found = client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    states = (AlarmState(name=each["AlarmName"], metric=each["MetricName"], state=each["StateValue"]) for each in found)
    return tuple(sorted(states, key=lambda alarm: alarm.metric))


def _failure(stack: str, cloudformation: Any) -> str | None:
    """Return the reason of the first resource that failed in the last operation."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = None
    for event in events:  # newest first
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
            failed = f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        if event["ResourceStatus"] in {"UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS"} and event["ResourceType"] == (
            "AWS::CloudFormation::Stack"
        ):
            break
    return failed
