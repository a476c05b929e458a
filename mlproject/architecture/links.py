"""Who acts on what: by the permissions of roles, by addresses in properties, by what rules watch, by open ports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mlproject.architecture.references import UNKNOWN, Foreign, Key, References

# What an action is, in the words of the picture. Actions that only look (Describe, List) say nothing of their own.
_VERBS: Mapping[str, str] = {
    "s3:GetObject": "reads",
    "s3:PutObject": "writes",
    "sagemaker:StartPipelineExecution": "starts",
    "sagemaker:CreateModelPackage": "registers in",
    "sagemaker:InvokeEndpoint": "asks",
    "ecr:BatchGetImage": "pulls",
    "glue:GetTable": "reads",
    "athena:StartQueryExecution": "queries",
    "secretsmanager:GetSecretValue": "reads",
    "sns:Publish": "tells",
}
# Properties that name the role a resource acts with, wherever they stand in it.
_ROLES = frozenset({"ExecutionRoleArn", "JobFlowRole", "RoleArn", "ServiceRole"})
# Properties that say on what a resource acts: its type, the property, the verb.
_ADDRESSES = (
    ("AWS::Events::Rule", "Targets", "tells"),
    ("AWS::Scheduler::Schedule", "Target", "starts"),
    ("AWS::CloudWatch::Alarm", "AlarmActions", "tells"),
    ("AWS::CloudWatch::Alarm", "OKActions", "tells"),
    ("AWS::CloudWatch::Alarm", "InsufficientDataActions", "tells"),
    ("AWS::Budgets::Budget", "NotificationsWithSubscribers", "tells"),
    ("AWS::S3::Bucket", "LoggingConfiguration", "logs to"),
    ("AWS::SageMaker::NotebookInstance", "DefaultCodeRepository", "clones"),
)
_WATCHED = "alerts"
# By which name of a dimension or of an event's detail a resource is watched.
_WATCHED_BY = {
    "PipelineName": "AWS::SageMaker::Pipeline",
    "NotebookInstanceName": "AWS::SageMaker::NotebookInstance",
}
# EventBridge names the source of an event, and EMR's events the cluster.
_SOURCES = {"aws.emr": "AWS::EMR::Cluster"}

Found = tuple[Key, Key | Foreign, str]


def found_links(references: References, drawn: Callable[[Key], bool]) -> Iterator[Found]:
    """Every link between resources that are drawn, and to what exists already; some twice, some to themselves.

    Args:
        drawn: whether a resource is drawn by itself.
    """
    things = [key for key in references.resources if drawn(key)]
    for key in things:
        yield from _permitted(references, key, drawn)
    yield from _addressed(references, drawn)
    yield from _watched(references, things)
    yield from _opened(references, things)


def _permitted(references: References, key: Key, drawn: Callable[[Key], bool]) -> Iterator[Found]:
    """What the roles that a resource acts with allow."""
    for role in sorted(_roles(references, key)):
        verbs: dict[Key | Foreign, set[str]] = {}
        for stack, statement in _statements(references, role):
            said = _verbs(statement)
            for target in references.mentioned(stack, statement.get("Resource")) if said else ():
                verbs.setdefault(target, set()).update(said)
        for target, said in verbs.items():
            if target != key and (isinstance(target, Foreign) or drawn(target)):
                yield key, target, ", ".join(verb for verb in dict.fromkeys(_VERBS.values()) if verb in said)


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
    """The roles of a resource; an instance profile stands for its own."""
    found: set[Key] = set()
    for value in values_of(references.properties(key), _ROLES):
        for role in references.mentioned(key.stack, value):
            if isinstance(role, Key) and references.type_of(role) == "AWS::IAM::InstanceProfile":
                inside = references.mentioned(role.stack, references.properties(role).get("Roles"))
                found.update(each for each in inside if isinstance(each, Key))
            elif isinstance(role, Key) and references.type_of(role) == "AWS::IAM::Role":
                found.add(role)
    return found


def values_of(value: Any, names: frozenset[str]) -> Iterator[Any]:
    """What stands under these names, wherever."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in names:
                yield member
            else:
                yield from values_of(member, names)
    elif isinstance(value, list):
        for item in value:
            yield from values_of(item, names)


def _statements(references: References, role: Key) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every statement of a role's policies, inline ones and those that are attached, with the stack it stands in."""
    documents = [
        (role.stack, policy.get("PolicyDocument")) for policy in references.properties(role).get("Policies", [])
    ]
    attached = set(references.mentioned(role.stack, references.properties(role).get("ManagedPolicyArns")))
    for other in references.resources:
        if references.type_of(other) in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            properties = references.properties(other)
            if other in attached or role in references.mentioned(other.stack, properties.get("Roles")):
                documents.append((other.stack, properties.get("PolicyDocument")))
    for stack, document in documents:
        for statement in _list((document or {}).get("Statement")):
            yield stack, statement


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _addressed(references: References, drawn: Callable[[Key], bool]) -> Iterator[Found]:
    for key in references.resources:
        properties = references.properties(key)
        for type_name, name, verb in _ADDRESSES:
            if references.type_of(key) == type_name:
                without_roles = _without(properties.get(name), _ROLES)
                for target in references.mentioned(key.stack, without_roles):
                    if isinstance(target, Key) and drawn(target) and target != key:
                        yield key, target, verb
        if references.type_of(key) == "AWS::SNS::Subscription":
            for topic in references.mentioned(key.stack, properties.get("TopicArn")):
                if isinstance(topic, Key) and drawn(topic):
                    yield topic, key, "tells"
        if references.type_of(key) == "AWS::EC2::FlowLog":
            to = [properties.get(name) for name in ("LogDestination", "LogGroupName")]
            for source in references.mentioned(key.stack, properties.get("ResourceId")):
                for target in references.mentioned(key.stack, to):
                    if isinstance(source, Key) and isinstance(target, Key) and drawn(source) and drawn(target):
                        yield source, target, "logs to"


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(member, names) for name, member in value.items() if name not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _watched(references: References, things: Sequence[Key]) -> Iterator[Found]:
    """Alarms watch metrics of resources, rules their events."""
    for key in things:
        properties = references.properties(key)
        if references.type_of(key) == "AWS::CloudWatch::Alarm":
            dimensions = [d for each in values_of(properties, frozenset({"Dimensions"})) for d in _list(each)]
            for dimension in dimensions:
                named = {str(dimension.get("Name")): dimension.get("Value")}
                yield from _seen(references, key, named, things)
        elif references.type_of(key) == "AWS::Events::Rule":
            pattern = _pattern(properties.get("EventPattern"))
            yield from _seen(references, key, pattern.get("detail") or {}, things)
            for source in _list(pattern.get("source")):
                for other in things:
                    if references.type_of(other) == _SOURCES.get(str(source)) and _begins(
                        references, other, (pattern.get("detail") or {}).get("name")
                    ):
                        yield other, key, _WATCHED


def _pattern(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        value = json.loads(value)
    return value if isinstance(value, Mapping) else {}


def _seen(references: References, key: Key, named: Mapping[str, Any], things: Iterable[Key]) -> Iterator[Found]:
    """What a watcher names: by a reference, by an ARN, or by a plain name under a telling word."""
    things = list(things)
    for target in references.mentioned(key.stack, list(named.values())):
        if isinstance(target, Key) and target in things and target != key:
            yield target, key, _WATCHED
    for word, value in named.items():
        for other in things:
            name = references.text(references.properties(other).get(word))
            if references.type_of(other) == _WATCHED_BY.get(word) and name in _list(value):
                yield other, key, _WATCHED


def _begins(references: References, cluster: Key, patterns: Any) -> bool:
    """Whether a cluster's name is one of these, or begins so."""
    name = (references.text(references.properties(cluster).get("Name")) or "").split(UNKNOWN, maxsplit=1)[0]
    prefixes = (
        str(each.get("prefix", UNKNOWN)) if isinstance(each, Mapping) else str(each) for each in _list(patterns)
    )
    return any(name.startswith(prefix) for prefix in prefixes)


def _opened(references: References, things: Sequence[Key]) -> Iterator[Found]:
    """Ports that one security group opens for another, as calls between those that stand behind the groups."""
    behind: dict[Key, set[Key]] = {}
    for key in things:
        for group in references.mentioned(key.stack, references.properties(key)):
            if isinstance(group, Key) and references.type_of(group) == "AWS::EC2::SecurityGroup":
                behind.setdefault(group, set()).add(key)
    for key in references.resources:
        if references.type_of(key) != "AWS::EC2::SecurityGroupIngress":
            continue
        rule = references.properties(key)
        port = references.text(rule.get("FromPort"))
        if port is None or port != references.text(rule.get("ToPort")):
            continue
        for source in _groups(references, key, rule.get("SourceSecurityGroupId")):
            for target in _groups(references, key, rule.get("GroupId")):
                for caller in sorted(behind.get(source, ())):
                    for called in sorted(behind.get(target, ())):
                        yield caller, called, f"calls port {port}"


def _groups(references: References, key: Key, value: Any) -> Iterator[Key]:
    for group in references.mentioned(key.stack, value):
        if isinstance(group, Key) and references.type_of(group) == "AWS::EC2::SecurityGroup":
            yield group
