"""What CloudFormation says is there: the stacks with their resources, in the order they were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mlproject.report import ResourceReport, StackReport

NOT_SHOWN = {"AWS::CDK::Metadata"}


def deployed_stacks(client: Callable[[str], Any], idle: Mapping[str, float | None]) -> tuple[StackReport, ...]:
    """Read every stack that exists.

    Args:
        client: gives a boto3 client by the service's name.
        idle: what a month of a stack costs while nobody uses it, by the stack's name.
    """
    cloudformation = client("cloudformation")
    stacks = cloudformation.get_paginator("describe_stacks").paginate().build_full_result()["Stacks"]
    stacks.sort(key=lambda stack: stack["CreationTime"])
    return tuple(_stack(cloudformation, stack, idle) for stack in stacks)


def _stack(cloudformation: Any, stack: dict[str, Any], idle: Mapping[str, float | None]) -> StackReport:
    name = stack["StackName"]
    resources = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name).build_full_result()
    return StackReport(
        name=name,
        status=stack["StackStatus"],
        seconds=_seconds(cloudformation, name),
        resources=tuple(
            ResourceReport(
                logical_id=resource["LogicalResourceId"],
                type=resource["ResourceType"],
                physical_id=resource.get("PhysicalResourceId", ""),
                status=resource["ResourceStatus"],
            )
            for resource in resources["StackResourceSummaries"]
            if resource["ResourceType"] not in NOT_SHOWN
        ),
        idle_usd=idle.get(name),
    )


def _seconds(cloudformation: Any, name: str) -> float:
    """From a stack's first event to its last."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name).build_full_result()
    times: list[datetime] = [event["Timestamp"] for event in pages["StackEvents"]]
    return (max(times) - min(times)).total_seconds()
