"""Stacks: create, update, delete, roll back; what they are and hold."""

from __future__ import annotations

from embedded_aws.cloudformation.actions.registry import PATIENCE, Parameters, action
from embedded_aws.cloudformation.actions.requests import how_of, refuse, request_of
from embedded_aws.cloudformation.change_sets import find_change_set
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.response_shapes import (
    Shape,
    event_shape,
    resource_shape,
    stack_shape,
    stack_summary_shape,
)
from embedded_aws.cloudformation.stack import Resource, Stack


@action
def create_stack(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_create(
        given["StackName"],
        request_of(engine, given),
        how_of(given),
        protected=bool(given.get("EnableTerminationProtection")),
    )
    stack.idle.wait(PATIENCE)
    return {"StackId": stack.stack_id}


@action
def update_stack(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_update(given["StackName"], request_of(engine, given), how_of(given))
    stack.idle.wait(PATIENCE)
    return {"StackId": stack.stack_id}


@action
def delete_stack(engine: Engine, given: Parameters) -> None:
    refuse(given)
    stack = engine.start_delete(
        given["StackName"],
        retained=frozenset(given.get("RetainResources") or ()),
        token=given.get("ClientRequestToken"),
    )
    if stack is not None:
        stack.idle.wait(PATIENCE)


@action
def rollback_stack(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_rollback(given["StackName"], token=given.get("ClientRequestToken"))
    stack.idle.wait(PATIENCE)
    return {"StackId": stack.stack_id}


@action
def continue_update_rollback(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_rollback(
        given["StackName"],
        skipped=frozenset(given.get("ResourcesToSkip") or ()),
        token=given.get("ClientRequestToken"),
    )
    stack.idle.wait(PATIENCE)
    return {}


@action
def update_termination_protection(engine: Engine, given: Parameters) -> Shape:
    stack = engine.get(given["StackName"])
    stack.protected = bool(given["EnableTerminationProtection"])
    return {"StackId": stack.stack_id}


@action
def describe_stacks(engine: Engine, given: Parameters) -> Shape:
    if given.get("StackName"):
        return {"Stacks": [stack_shape(engine.get(given["StackName"]))]}
    return {"Stacks": [stack_shape(stack) for stack in _newest_first(engine) if stack.deleted is None]}


@action
def list_stacks(engine: Engine, given: Parameters) -> Shape:
    desired = given.get("StackStatusFilter")
    stacks = [stack for stack in _newest_first(engine) if not desired or stack.status in desired]
    return {"StackSummaries": [stack_summary_shape(stack) for stack in stacks]}


def _newest_first(engine: Engine) -> list[Stack]:
    return list(engine.stacks.values())[::-1]


@action
def describe_stack_events(engine: Engine, given: Parameters) -> Shape:
    stack = engine.get(given["StackName"])
    return {"StackEvents": [event_shape(stack, event) for event in stack.events[::-1]]}


@action
def describe_events(engine: Engine, given: Parameters) -> Shape:
    """Events by operation. A change set has none: what CloudFormation would find early is refused at once here."""
    if given.get("ChangeSetName"):
        find_change_set(engine, given["ChangeSetName"], given.get("StackName"))
        return {"OperationEvents": []}
    stack = engine.get(given["StackName"])
    failed = (given.get("Filters") or {}).get("FailedEvents")
    events = [event for event in stack.events[::-1] if not failed or event.status.endswith("_FAILED")]
    return {"OperationEvents": [{**event_shape(stack, event), "EventType": "STACK_EVENT"} for event in events]}


@action
def describe_stack_resources(engine: Engine, given: Parameters) -> Shape:
    stack = _stack_of(engine, given)
    desired = given.get("LogicalResourceId")
    return {
        "StackResources": [
            resource_shape(stack, resource) for resource in _resources(stack) if desired in {None, resource.logical_id}
        ]
    }


def _stack_of(engine: Engine, given: Parameters) -> Stack:
    if given.get("StackName"):
        return engine.get(given["StackName"])
    physical_id = given.get("PhysicalResourceId")
    for stack in _newest_first(engine):
        if stack.deleted is None and any(r.physical_id == physical_id for r in _resources(stack)):
            return stack
    raise CloudFormationError(f"Stack for {physical_id} does not exist")


def _resources(stack: Stack) -> list[Resource]:
    with stack.lock:
        return list(stack.resources.values())


@action
def describe_stack_resource(engine: Engine, given: Parameters) -> Shape:
    stack, logical_id = engine.get(given["StackName"]), given["LogicalResourceId"]
    if logical_id not in stack.resources:
        raise CloudFormationError(f"Resource {logical_id} does not exist for stack {stack.name}")
    return {"StackResourceDetail": resource_shape(stack, stack.resources[logical_id], time_name="LastUpdatedTimestamp")}


@action
def list_stack_resources(engine: Engine, given: Parameters) -> Shape:
    stack = engine.get(given["StackName"])
    resources = sorted(_resources(stack), key=lambda resource: resource.logical_id)
    return {
        "StackResourceSummaries": [
            resource_shape(stack, resource, time_name="LastUpdatedTimestamp") for resource in resources
        ]
    }


@action
def list_exports(engine: Engine, given: Parameters) -> Shape:
    return {
        "Exports": [
            {"ExportingStackId": stack.stack_id, "Name": output.export, "Value": output.value}
            for stack, output in engine.exports.all()
        ]
    }


@action
def list_imports(engine: Engine, given: Parameters) -> Shape:
    importers = engine.exports.importers(given["ExportName"])
    if not importers:
        raise CloudFormationError(f"Export '{given['ExportName']}' is not imported by any stack.")
    return {"Imports": importers}
