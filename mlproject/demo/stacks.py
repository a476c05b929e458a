"""Read the deployed stacks and their resources from CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from mlproject.architecture import StackTemplate
from mlproject.report import ResourceReport, StackReport

HIDDEN_TYPES = {"AWS::CDK::Metadata"}


def costs_by_stack_name(
    templates: Iterable[StackTemplate], costs: Mapping[str, Decimal | None]
) -> dict[str, float | None]:
    """Return the idle cost per month by the name of the stack in AWS; None if it is unknown.

    Args:
        templates: the synthesized stacks.
        costs: the costs by display name, such as `local/flights/storage`.
    """
    known = {template.stack_name: costs.get(template.name) for template in templates}
    return {name: None if cost is None else float(cost) for name, cost in known.items()}


def read_stacks(client: Callable[[str], Any], idle: Mapping[str, float | None]) -> tuple[StackReport, ...]:
    """Read every existing stack, in the order of creation.

    Args:
        client: returns the boto3 client of a service.
        idle: idle cost per month by stack name.
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
            if resource["ResourceType"] not in HIDDEN_TYPES
        ),
        idle_usd=idle.get(name),
    )


def _seconds(cloudformation: Any, name: str) -> float:
    """Return the seconds between the first and the last event of a stack."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name).build_full_result()
    times: list[datetime] = [event["Timestamp"] for event in pages["StackEvents"]]
    return (max(times) - min(times)).total_seconds()
