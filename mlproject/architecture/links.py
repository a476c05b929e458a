"""Find links between resources: permissions of roles, targets in properties, monitored resources and open ports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mlproject.architecture.references import UNKNOWN, ExternalResource, Key, References
from mlproject.translation import Message, joined

# The label of an action in the picture. Describe and List actions have none.
_VERBS: Mapping[str, str] = {
    "s3:GetObject": Message("reads"),
    "s3:PutObject": Message("writes"),
    "sagemaker:StartPipelineExecution": Message("starts"),
    "sagemaker:CreateModelPackage": Message("registers in"),
    "sagemaker:InvokeEndpoint": Message("invokes"),
    "ecr:BatchGetImage": Message("pulls"),
    "glue:GetTable": Message("reads"),
    "athena:StartQueryExecution": Message("queries"),
    "secretsmanager:GetSecretValue": Message("reads"),
    "sns:Publish": Message("alerts"),
}
# Properties with the role of a resource, at any depth.
_ROLES = frozenset({"ExecutionRoleArn", "JobFlowRole", "RoleArn", "ServiceRole"})
# Properties with the target of a resource: resource type, property, label.
_TARGETS = (
    ("AWS::Events::Rule", "Targets", Message("alerts")),
    ("AWS::Scheduler::Schedule", "Target", Message("starts")),
    ("AWS::CloudWatch::Alarm", "AlarmActions", Message("alerts")),
    ("AWS::CloudWatch::Alarm", "OKActions", Message("alerts")),
    ("AWS::CloudWatch::Alarm", "InsufficientDataActions", Message("alerts")),
    ("AWS::Budgets::Budget", "NotificationsWithSubscribers", Message("alerts")),
    ("AWS::S3::Bucket", "LoggingConfiguration", Message("logs to")),
    ("AWS::SageMaker::NotebookInstance", "DefaultCodeRepository", Message("clones")),
)
_ALERTS = Message("alerts")
_LOGS = Message("logs to")
# Dimensions and fields of event details that contain the name of a resource.
_DIMENSIONS = {
    "PipelineName": "AWS::SageMaker::Pipeline",
    "NotebookInstanceName": "AWS::SageMaker::NotebookInstance",
}
# Sources of events whose details contain the name of the resource.
_SOURCES = {"aws.emr": "AWS::EMR::Cluster"}

FoundLink = tuple[Key, Key | ExternalResource, str]


def find_links(references: References, drawn: Callable[[Key], bool]) -> Iterator[FoundLink]:
    """Yield the links between drawn resources and to external ones; may contain duplicates and self-links.

    Args:
        drawn: returns whether a resource is drawn.
    """
    drawn_resources = [key for key in references.resources if drawn(key)]
    for key in drawn_resources:
        yield from _permission_links(references, key, drawn)
    yield from _target_links(references, drawn)
    yield from _monitoring_links(references, drawn_resources)
    yield from _port_links(references, drawn_resources)


def _permission_links(references: References, key: Key, drawn: Callable[[Key], bool]) -> Iterator[FoundLink]:
    """Yield links for the permissions of a resource's roles."""
    for role in sorted(_roles(references, key)):
        verbs: dict[Key | ExternalResource, set[str]] = {}
        for stack, statement in _statements(references, role):
            allowed = _verbs(statement)
            for target in references.find_references(stack, statement.get("Resource")) if allowed else ():
                verbs.setdefault(target, set()).update(allowed)
        for target, allowed in verbs.items():
            if target != key and (isinstance(target, ExternalResource) or drawn(target)):
                yield key, target, joined(", ", (verb for verb in dict.fromkeys(_VERBS.values()) if verb in allowed))


def _verbs(statement: Mapping[str, Any]) -> set[str]:
    if statement.get("Effect") != "Allow":
        return set()
    return {
        verb
        for known, verb in _VERBS.items()
        for action in _list(statement.get("Action"))
        if fnmatchcase(known, action)
    }


def _roles(references: References, key: Key) -> set[Key]:
    """Return the roles of a resource, including those of its instance profile."""
    found: set[Key] = set()
    for value in find_values(references.properties(key), _ROLES):
        for role in references.find_references(key.stack, value):
            if isinstance(role, Key) and references.type_of(role) == "AWS::IAM::InstanceProfile":
                inside = references.find_references(role.stack, references.properties(role).get("Roles"))
                found.update(each for each in inside if isinstance(each, Key))
            elif isinstance(role, Key) and references.type_of(role) == "AWS::IAM::Role":
                found.add(role)
    return found


def find_values(value: Any, names: frozenset[str]) -> Iterator[Any]:
    """Yield the values of these keys at any depth."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in names:
                yield member
            else:
                yield from find_values(member, names)
    elif isinstance(value, list):
        for item in value:
            yield from find_values(item, names)


def _statements(references: References, role: Key) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every statement of a role's inline and attached policies, with its stack."""
    documents = [
        (role.stack, policy.get("PolicyDocument")) for policy in references.properties(role).get("Policies", [])
    ]
    attached = set(references.find_references(role.stack, references.properties(role).get("ManagedPolicyArns")))
    for other in references.resources:
        if references.type_of(other) in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            properties = references.properties(other)
            if other in attached or role in references.find_references(other.stack, properties.get("Roles")):
                documents.append((other.stack, properties.get("PolicyDocument")))
    for stack, document in documents:
        for statement in _list((document or {}).get("Statement")):
            yield stack, statement


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _target_links(references: References, drawn: Callable[[Key], bool]) -> Iterator[FoundLink]:
    for key in references.resources:
        properties = references.properties(key)
        for type_name, name, verb in _TARGETS:
            if references.type_of(key) == type_name:
                without_roles = _remove_keys(properties.get(name), _ROLES)
                for target in references.find_references(key.stack, without_roles):
                    if isinstance(target, Key) and drawn(target) and target != key:
                        yield key, target, verb
        if references.type_of(key) == "AWS::SNS::Subscription":
            for topic in references.find_references(key.stack, properties.get("TopicArn")):
                if isinstance(topic, Key) and drawn(topic):
                    yield topic, key, _ALERTS
        if references.type_of(key) == "AWS::EC2::FlowLog":
            to = [properties.get(name) for name in ("LogDestination", "LogGroupName")]
            for source in references.find_references(key.stack, properties.get("ResourceId")):
                for target in references.find_references(key.stack, to):
                    if isinstance(source, Key) and isinstance(target, Key) and drawn(source) and drawn(target):
                        yield source, target, _LOGS


def _remove_keys(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _remove_keys(member, names) for name, member in value.items() if name not in names}
    return [_remove_keys(item, names) for item in value] if isinstance(value, list) else value


def _monitoring_links(references: References, drawn_resources: Sequence[Key]) -> Iterator[FoundLink]:
    """Yield links from resources to the alarms on their metrics and the rules for their events."""
    for key in drawn_resources:
        properties = references.properties(key)
        if references.type_of(key) == "AWS::CloudWatch::Alarm":
            dimensions = [d for each in find_values(properties, frozenset({"Dimensions"})) for d in _list(each)]
            for dimension in dimensions:
                names_by_field = {str(dimension.get("Name")): dimension.get("Value")}
                yield from _links_to_watcher(references, key, names_by_field, drawn_resources)
        elif references.type_of(key) == "AWS::Events::Rule":
            pattern = _pattern(properties.get("EventPattern"))
            yield from _links_to_watcher(references, key, pattern.get("detail") or {}, drawn_resources)
            for source in _list(pattern.get("source")):
                for other in drawn_resources:
                    if references.type_of(other) == _SOURCES.get(str(source)) and _matches_name(
                        references, other, (pattern.get("detail") or {}).get("name")
                    ):
                        yield other, key, _ALERTS


def _pattern(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        value = json.loads(value)
    return value if isinstance(value, Mapping) else {}


def _links_to_watcher(
    references: References, key: Key, names_by_field: Mapping[str, Any], drawn_resources: Iterable[Key]
) -> Iterator[FoundLink]:
    """Yield links from the resources that an alarm or rule names by reference, ARN or name."""
    drawn_resources = list(drawn_resources)
    for target in references.find_references(key.stack, list(names_by_field.values())):
        if isinstance(target, Key) and target in drawn_resources and target != key:
            yield target, key, _ALERTS
    for field, value in names_by_field.items():
        for other in drawn_resources:
            name = references.to_text(references.properties(other).get(field))
            if references.type_of(other) == _DIMENSIONS.get(field) and name in _list(value):
                yield other, key, _ALERTS


def _matches_name(references: References, cluster: Key, patterns: Any) -> bool:
    """Return whether a cluster's name matches one of these names or prefixes."""
    name = (references.to_text(references.properties(cluster).get("Name")) or "").split(UNKNOWN, maxsplit=1)[0]
    prefixes = (
        str(each.get("prefix", UNKNOWN)) if isinstance(each, Mapping) else str(each) for each in _list(patterns)
    )
    return any(name.startswith(prefix) for prefix in prefixes)


def _port_links(references: References, drawn_resources: Sequence[Key]) -> Iterator[FoundLink]:
    """Yield links for the ports that one security group opens for another, between the members of both."""
    members: dict[Key, set[Key]] = {}
    for key in drawn_resources:
        for group in references.find_references(key.stack, references.properties(key)):
            if isinstance(group, Key) and references.type_of(group) == "AWS::EC2::SecurityGroup":
                members.setdefault(group, set()).add(key)
    for key in references.resources:
        if references.type_of(key) != "AWS::EC2::SecurityGroupIngress":
            continue
        rule = references.properties(key)
        port = references.to_text(rule.get("FromPort"))
        if port is None or port != references.to_text(rule.get("ToPort")):
            continue
        for source in _groups(references, key, rule.get("SourceSecurityGroupId")):
            for target in _groups(references, key, rule.get("GroupId")):
                for caller in sorted(members.get(source, ())):
                    for called in sorted(members.get(target, ())):
                        yield caller, called, Message("calls port {port}", port=port)


def _groups(references: References, key: Key, value: Any) -> Iterator[Key]:
    for group in references.find_references(key.stack, value):
        if isinstance(group, Key) and references.type_of(group) == "AWS::EC2::SecurityGroup":
            yield group
