"""Stacks, events and change sets in the shapes of CloudFormation's API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.cloudformation.intrinsics import PENDING
from embedded_aws.cloudformation.parameters import ParameterValue
from embedded_aws.cloudformation.plan import Action, PropertyChange, ResourceChange
from embedded_aws.cloudformation.stack import ChangeSet, Event, Output, Resource, Stack

Shape = dict[str, Any]

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
_STRENGTH = ("Never", "Conditionally", "Always")


def without_none(**members: Any) -> Shape:
    """A shape without the members that have no value."""
    return {name: value for name, value in members.items() if value is not None}


def tags_shape(tags: Mapping[str, str]) -> list[Shape]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def parameters_shape(parameters: Mapping[str, ParameterValue]) -> list[Shape]:
    return [
        without_none(
            ParameterKey=key,
            ParameterValue="****" if parameter.no_echo else parameter.raw,
            ResolvedValue=parameter.fetched,
        )
        for key, parameter in parameters.items()
    ]


def output_shape(output: Output) -> Shape:
    return without_none(
        OutputKey=output.key, OutputValue=output.value, Description=output.description, ExportName=output.export
    )


def stack_shape(stack: Stack) -> Shape:
    settings = stack.settings
    return without_none(
        StackId=stack.stack_id,
        StackName=stack.name,
        ChangeSetId=stack.change_set_id,
        Description=settings.template.description,
        Parameters=parameters_shape(settings.parameters),
        CreationTime=stack.created,
        LastUpdatedTime=stack.updated,
        DeletionTime=stack.deleted,
        RollbackConfiguration={},
        StackStatus=stack.status,
        StackStatusReason=stack.reason,
        DisableRollback=stack.disable_rollback,
        NotificationARNs=list(settings.notification_arns),
        Capabilities=list(settings.capabilities),
        Outputs=[output_shape(output) for output in stack.outputs],
        RoleARN=settings.role_arn,
        Tags=tags_shape(settings.tags),
        EnableTerminationProtection=stack.protected,
        DriftInformation=_drift_information(stack),
    )


def _drift_information(stack: Stack) -> Shape:
    drift = stack.drift
    if drift is None:
        return {"StackDriftStatus": "NOT_CHECKED"}
    return {"StackDriftStatus": drift.status, "LastCheckTimestamp": drift.time}


def _resource_drift_information(stack: Stack, resource: Resource) -> Shape:
    for checked in stack.drift.resources if stack.drift else ():
        if checked.resource.logical_id == resource.logical_id:
            return {"StackResourceDriftStatus": checked.status, "LastCheckTimestamp": checked.time}
    return {"StackResourceDriftStatus": "NOT_CHECKED"}


def stack_summary_shape(stack: Stack) -> Shape:
    return without_none(
        StackId=stack.stack_id,
        StackName=stack.name,
        TemplateDescription=stack.settings.template.description,
        CreationTime=stack.created,
        LastUpdatedTime=stack.updated,
        DeletionTime=stack.deleted,
        StackStatus=stack.status,
        StackStatusReason=stack.reason,
        DriftInformation=_drift_information(stack),
    )


def event_shape(stack: Stack, event: Event) -> Shape:
    return without_none(
        StackId=stack.stack_id,
        EventId=event.event_id,
        StackName=stack.name,
        LogicalResourceId=event.logical_id,
        PhysicalResourceId=event.physical_id,
        ResourceType=event.type_name,
        Timestamp=event.time,
        ResourceStatus=event.status,
        ResourceStatusReason=event.reason,
        ResourceProperties=None if event.properties is None else json.dumps(event.properties),
        ClientRequestToken=event.token,
    )


def resource_shape(stack: Stack, resource: Resource, *, time_name: str = "Timestamp") -> Shape:
    """A resource of a stack; the actions call its time by two names."""
    return {
        **without_none(
            StackName=stack.name,
            StackId=stack.stack_id,
            LogicalResourceId=resource.logical_id,
            PhysicalResourceId=resource.physical_id,
            ResourceType=resource.type_name,
            ResourceStatus=resource.status,
            ResourceStatusReason=resource.reason,
            DriftInformation=_resource_drift_information(stack, resource),
        ),
        time_name: resource.updated,
    }


def change_set_shape(stack: Stack, change_set: ChangeSet, *, values: bool) -> Shape:
    """A change set; `values` asks for the properties before and after."""
    settings = change_set.settings
    return without_none(
        ChangeSetName=change_set.name,
        ChangeSetId=change_set.change_set_id,
        StackId=stack.stack_id,
        StackName=stack.name,
        Description=change_set.description,
        Parameters=parameters_shape(settings.parameters),
        CreationTime=change_set.created,
        ExecutionStatus=change_set.execution_status,
        Status=change_set.status,
        StatusReason=change_set.reason,
        NotificationARNs=list(settings.notification_arns),
        RollbackConfiguration={},
        Capabilities=list(settings.capabilities),
        Tags=tags_shape(settings.tags),
        Changes=[change_shape(change, values=values) for change in change_set.changes],
        IncludeNestedStacks=False,
        OnStackFailure=change_set.on_failure,
    )


def change_set_summary_shape(stack: Stack, change_set: ChangeSet) -> Shape:
    return without_none(
        StackId=stack.stack_id,
        StackName=stack.name,
        ChangeSetId=change_set.change_set_id,
        ChangeSetName=change_set.name,
        ExecutionStatus=change_set.execution_status,
        Status=change_set.status,
        StatusReason=change_set.reason,
        CreationTime=change_set.created,
        Description=change_set.description,
        IncludeNestedStacks=False,
    )


def change_shape(change: ResourceChange, *, values: bool = False) -> Shape:
    """One resource's change: CloudFormation calls a replacement a modification that requires it."""
    modified = change.action in {Action.MODIFY, Action.REPLACE}
    scope = (["Properties"] if change.properties else []) + list(change.attributes)
    details = [_property_detail(group, values=values) for group in _by_name(change.properties)]
    details += [_attribute_detail(attribute) for attribute in change.attributes]
    shape = without_none(
        PolicyAction=_policy_action(change),
        Action="Modify" if modified else change.action.value,
        LogicalResourceId=change.logical_id,
        PhysicalResourceId=change.physical_id,
        ResourceType=change.type_name,
        Replacement=_replacement(change) if modified else None,
        Scope=scope if modified else [],
        Details=details if modified else [],
        BeforeContext=_context(change.before) if values else None,
        AfterContext=_context(change.after) if values else None,
    )
    return {"Type": "Resource", "ResourceChange": shape}


def _replacement(change: ResourceChange) -> str:
    if change.action is not Action.REPLACE:
        return "False"
    return "True" if change.certain else "Conditional"


def _policy_action(change: ResourceChange) -> str | None:
    if change.policy is None:
        return None
    return f"ReplaceAnd{change.policy}" if change.action is Action.REPLACE else change.policy


def _by_name(changes: Iterable[PropertyChange]) -> list[list[PropertyChange]]:
    groups: dict[str, list[PropertyChange]] = {}
    for change in changes:
        groups.setdefault(change.name, []).append(change)
    return list(groups.values())


def _property_detail(group: list[PropertyChange], *, values: bool) -> Shape:
    """A top property with the strongest effect of its parts."""
    first = group[0]
    cause = first.cause if first.pending else None
    target = without_none(
        Attribute="Properties",
        Name=first.name,
        RequiresRecreation=max((change.recreation for change in group), key=_STRENGTH.index),
        Path=f"/Properties/{first.name}" if values else None,
        BeforeValue=_text(first.before) if values and first.before is not None else None,
        AfterValue=_text(first.after) if values and first.after is not None else None,
        AttributeChangeType=_change_type(first) if values else None,
    )
    source = ("ResourceAttribute" if "." in cause else "ResourceReference") if cause else "DirectModification"
    return without_none(
        Target=target,
        Evaluation="Dynamic" if first.pending else "Static",
        ChangeSource=source,
        CausingEntity=cause,
    )


def _change_type(change: PropertyChange) -> str:
    if change.before is None:
        return "Add"
    return "Remove" if change.after is None else "Modify"


def _attribute_detail(attribute: str) -> Shape:
    target = {"Attribute": attribute, "RequiresRecreation": "Never"}
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def _context(properties: Mapping[str, Any] | None) -> str | None:
    return None if properties is None else _text({"Properties": properties})


def _text(value: Any) -> str:
    known = _known(value)
    return known if isinstance(known, str) else json.dumps(known)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return KNOWN_AFTER_APPLY if value is PENDING else value
