"""CloudFormation's actions: from a request's parameters to the shape of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlproject.embedded_aws.cloudformation import templates
from mlproject.embedded_aws.cloudformation.change_sets import (
    create_change_set,
    delete_change_set,
    execute_change_set,
    find_change_set,
)
from mlproject.embedded_aws.cloudformation.engine import Engine, How, Request
from mlproject.embedded_aws.cloudformation.errors import CloudFormationError
from mlproject.embedded_aws.cloudformation.parameters import GivenParameter
from mlproject.embedded_aws.cloudformation.shapes import (
    Shape,
    change_set_shape,
    change_set_summary_shape,
    event_shape,
    resource_shape,
    stack_shape,
    stack_summary_shape,
)
from mlproject.embedded_aws.cloudformation.stack import Resource, Stack
from mlproject.embedded_aws.cloudformation.template import Template, parse

Parameters = Mapping[str, Any]
Action = Callable[[Engine, Parameters], Shape | None]

ACTIONS: dict[str, Action] = {}
# The CLI looks again after 5 s when an operation has not ended with its request.
PATIENCE = 50.0
# What would change the outcome and is not done here. ImportExistingResources is let through, since `cdk bootstrap`
# always asks for it: nothing is imported, so a thing that exists makes its resource fail, with the service's message.
REFUSED = (
    "ResourcesToImport",
    "StackPolicyBody",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "StackPolicyURL",
)
MODES = {"ChangeSetType": ("CREATE", "UPDATE"), "DeletionMode": ("STANDARD",), "DeploymentMode": ()}


def action(function: Action) -> Action:
    """Register a function under the action's name: `create_stack` answers CreateStack."""
    name = "".join(part.capitalize() for part in function.__name__.strip("_").split("_"))
    ACTIONS[name] = function
    return function


def _refuse(given: Parameters) -> None:
    """Refuse what a caller asks for in vain."""
    for name in REFUSED:
        if given.get(name):
            raise CloudFormationError(f"The embedded AWS does not know the parameter {name}.")
    modes = {**given, "Mode": (given.get("DeploymentConfig") or {}).get("Mode")}
    for name, known in {**MODES, "Mode": ("STANDARD",)}.items():
        if modes.get(name) and modes[name] not in known:
            raise CloudFormationError(f"The embedded AWS does not know the {name} {modes[name]}.")
    if (given.get("RollbackConfiguration") or {}).get("RollbackTriggers"):
        raise CloudFormationError("The embedded AWS watches no rollback triggers.")


def _request(engine: Engine, given: Parameters) -> Request:
    _refuse(given)
    parameters = given.get("Parameters") or []
    request = Request(
        template=None if given.get("UsePreviousTemplate") else _template_text(engine, given),
        parameters={
            p["ParameterKey"]: GivenParameter(value=None if p.get("UsePreviousValue") else p.get("ParameterValue", ""))
            for p in parameters
        },
        tags=None if given.get("Tags") is None else {tag["Key"]: tag["Value"] for tag in given["Tags"]},
        capabilities=tuple(given.get("Capabilities") or ()),
        role_arn=given.get("RoleARN"),
        notification_arns=tuple(given.get("NotificationARNs") or ()),
    )
    if request.template is not None:
        templates.check_capabilities(parse(request.template), request.capabilities)
    return request


def _template_text(engine: Engine, given: Parameters) -> str:
    if given.get("TemplateBody"):
        return templates.check_body(given["TemplateBody"])
    if given.get("TemplateURL"):
        return templates.fetch(given["TemplateURL"], engine.world.client)
    raise CloudFormationError("Either Template URL or Template Body must be specified.")


def _how(given: Parameters) -> How:
    return How(
        on_failure="DO_NOTHING" if given.get("DisableRollback") else given.get("OnFailure", "ROLLBACK"),
        retain_except_on_create=bool(given.get("RetainExceptOnCreate")),
        token=given.get("ClientRequestToken"),
    )


@action
def create_stack(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_create(
        given["StackName"],
        _request(engine, given),
        _how(given),
        protected=bool(given.get("EnableTerminationProtection")),
    )
    stack.idle.wait(PATIENCE)
    return {"StackId": stack.stack_id}


@action
def update_stack(engine: Engine, given: Parameters) -> Shape:
    stack = engine.start_update(given["StackName"], _request(engine, given), _how(given))
    stack.idle.wait(PATIENCE)
    return {"StackId": stack.stack_id}


@action
def delete_stack(engine: Engine, given: Parameters) -> None:
    _refuse(given)
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
    wanted = given.get("StackStatusFilter")
    stacks = [stack for stack in _newest_first(engine) if not wanted or stack.status in wanted]
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
    wanted = given.get("LogicalResourceId")
    return {
        "StackResources": [
            resource_shape(stack, resource) for resource in _resources(stack) if wanted in {None, resource.logical_id}
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
def create_change_set_(engine: Engine, given: Parameters) -> Shape:
    stack, change_set = create_change_set(
        engine,
        given["StackName"],
        given["ChangeSetName"],
        _request(engine, given),
        kind=given.get("ChangeSetType") or "UPDATE",
        description=given.get("Description"),
        on_failure=given.get("OnStackFailure") or "ROLLBACK",
    )
    return {"Id": change_set.change_set_id, "StackId": stack.stack_id}


@action
def describe_change_set(engine: Engine, given: Parameters) -> Shape:
    stack, change_set = find_change_set(engine, given["ChangeSetName"], given.get("StackName"))
    return change_set_shape(stack, change_set, values=bool(given.get("IncludePropertyValues")))


@action
def execute_change_set_(engine: Engine, given: Parameters) -> Shape:
    stack = execute_change_set(
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
def delete_change_set_(engine: Engine, given: Parameters) -> Shape:
    delete_change_set(engine, given["ChangeSetName"], given.get("StackName"))
    return {}


@action
def list_change_sets(engine: Engine, given: Parameters) -> Shape:
    stack = engine.get(given["StackName"])
    return {"Summaries": [change_set_summary_shape(stack, found) for found in list(stack.change_sets.values())]}


@action
def get_template(engine: Engine, given: Parameters) -> Shape:
    template = _kept_template(engine, given)
    return {"TemplateBody": template.text, "StagesAvailable": ["Original", "Processed"]}


def _kept_template(engine: Engine, given: Parameters) -> Template:
    if given.get("ChangeSetName"):
        return find_change_set(engine, given["ChangeSetName"], given.get("StackName"))[1].settings.template
    return engine.get(given["StackName"]).settings.template


@action
def get_template_summary(engine: Engine, given: Parameters) -> Shape:
    if given.get("StackName"):
        return templates.summary(engine.get(given["StackName"]).settings.template)
    return templates.summary(parse(_template_text(engine, given)))


@action
def validate_template(engine: Engine, given: Parameters) -> Shape:
    summary = templates.summary(parse(_template_text(engine, given)))
    return {name: summary[name] for name in ("Parameters", "Description", "Capabilities", "CapabilitiesReason")}


@action
def get_stack_policy(engine: Engine, given: Parameters) -> Shape:
    """No stack has a policy: SetStackPolicy is refused, since nothing here would enforce one."""
    engine.get(given["StackName"])
    return {}


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
