"""Change sets."""

from __future__ import annotations

from embedded_aws.cloudformation import change_sets
from embedded_aws.cloudformation.actions.registry import PATIENCE, Parameters, action
from embedded_aws.cloudformation.actions.requests import request_of
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.response_shapes import Shape, change_set_shape, change_set_summary_shape


@action
def create_change_set(engine: Engine, given: Parameters) -> Shape:
    stack, change_set = change_sets.create_change_set(
        engine,
        given["StackName"],
        given["ChangeSetName"],
        request_of(engine, given),
        kind=given.get("ChangeSetType") or "UPDATE",
        description=given.get("Description"),
        on_failure=given.get("OnStackFailure") or "ROLLBACK",
    )
    return {"Id": change_set.change_set_id, "StackId": stack.stack_id}


@action
def describe_change_set(engine: Engine, given: Parameters) -> Shape:
    stack, change_set = change_sets.find_change_set(engine, given["ChangeSetName"], given.get("StackName"))
    return change_set_shape(stack, change_set, values=bool(given.get("IncludePropertyValues")))


@action
def execute_change_set(engine: Engine, given: Parameters) -> Shape:
    stack = change_sets.execute_change_set(
        engine,
        given["ChangeSetName"],
        given.get("StackName"),
        disable_rollback=bool(given.get("DisableRollback")),
        retain_except_on_create=bool(given.get("RetainExceptOnCreate")),
        token=given.get("ClientRequestToken"),
    )
    stack.idle.wait(PATIENCE)
    return {}


@action
def delete_change_set(engine: Engine, given: Parameters) -> Shape:
    change_sets.delete_change_set(engine, given["ChangeSetName"], given.get("StackName"))
    return {}


@action
def list_change_sets(engine: Engine, given: Parameters) -> Shape:
    stack = engine.get(given["StackName"])
    return {"Summaries": [change_set_summary_shape(stack, found) for found in list(stack.change_sets.values())]}
