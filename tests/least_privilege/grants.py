"""What the templates grant: the statements of each kind of role, without the names of project and environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.architecture import strip_hash
from mlproject.names import BUCKET_USES, ROLE_USES
from tests.stacks.assembly import listed

# Kinds of roles whose name does not end in its use.
DEPLOY, DIFF, FLOW_LOGS = "gitlab-deploy", "gitlab-diff", "flow-logs"
# The policy of the people who open a notebook; it belongs to no role.
OPEN_NOTEBOOK = "open-notebook"
_KINDS = (
    (re.compile(r"mlproject-deploy-.+"), DEPLOY),
    (re.compile(r"mlproject-diff-.+"), DIFF),
    (re.compile(r"(.+-)?FlowLogsDeliveryRole.*"), FLOW_LOGS),
    # The longer use first: a role of `batch-schedule` is none of `schedule`.
    *((re.compile(rf".+-{use}"), use) for use in sorted(ROLE_USES, key=len, reverse=True)),
)
_OPENING_POLICY = re.compile(r"(.+/)?[^/]+-open-[^/]+")
_BUCKET = re.compile(rf".+-(?P<use>{'|'.join(BUCKET_USES)})-[^-]+-[a-z]+-[a-z]+-\d")
_BOOTSTRAP_BUCKET = re.compile(r"cdk-.+-assets-.+")
# What a statement refers to as a whole, by the end of the name of the parameter or attribute.
_REFERENCES = {"KeyArn": "kms:key", "Role.Arn": "iam:role", "Group.Arn": "logs:log-group"}


@dataclass(frozen=True, kw_only=True)
class GrantedStatement:
    """A statement that allows a kind of role something.

    Args:
        role: kind of the role, such as `pipeline`.
        sid: id of the statement, the same in each project and environment.
        actions: such as `s3:GetObject`.
        resources: kinds of resources, such as `s3:data objects`.
    """

    role: str
    sid: str
    actions: frozenset[str]
    resources: frozenset[str]


def role_kind(name: str) -> str | None:
    """Return the kind of a role by its name; None if no stack creates such a role."""
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(name)), None)


def policy_kind(name: str) -> str | None:
    """Return the kind of a managed policy by its name or ARN; None if no stack creates such a policy."""
    return OPEN_NOTEBOOK if _OPENING_POLICY.fullmatch(name) else None


def statement_id(sid: str) -> str:
    """Return the id of a statement without the number of one among several alike."""
    return sid.rstrip("0123456789")


def resource_kind(resource: str) -> str:
    """Return the kind of the resources that an ARN or a pattern names."""
    if resource.startswith("${"):
        return next(kind for end, kind in _REFERENCES.items() if resource.removesuffix("}").endswith(end))
    if resource == "*":
        return resource
    service, _, _, name = resource.split(":", 5)[2:]
    if service != "s3":
        return f"{service}:{re.split('[/:]', name.removeprefix('/'))[0]}"
    bucket, slash, _ = name.partition("/")
    match = _BUCKET.fullmatch(bucket)
    use = match["use"] if match else "bootstrap" if _BOOTSTRAP_BUCKET.fullmatch(bucket) else "existing"
    return f"s3:{use} {'objects' if slash else 'bucket'}"


def granted_statements(templates: Iterable[Mapping[str, Any]]) -> tuple[GrantedStatement, ...]:
    """Return what templates grant, each statement once with all actions and resources that it has anywhere."""
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for template in templates:
        for kind, statement in _statements(template["Resources"]):
            actions, resources = found.setdefault((kind, statement_id(statement["Sid"])), (set(), set()))
            actions.update(listed(statement["Action"]))
            resources.update(resource_kind(_text(each)) for each in listed(statement["Resource"]))
    return tuple(
        GrantedStatement(role=kind, sid=sid, actions=frozenset(actions), resources=frozenset(resources))
        for (kind, sid), (actions, resources) in sorted(found.items())
    )


def _statements(resources: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            kind = role_kind(properties.get("RoleName", strip_hash(logical_id)))
            documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        elif resource["Type"] == "AWS::IAM::ManagedPolicy":
            kind = policy_kind(properties["ManagedPolicyName"])
            documents = [properties["PolicyDocument"]]
        elif resource["Type"] == "AWS::IAM::Policy":
            raise ValueError(f"{logical_id}: the statements of an AWS::IAM::Policy would not be compared")
        else:
            continue
        if kind is None:
            raise ValueError(f"{logical_id}: no kind of role has this name, see tests/least_privilege/grants.py")
        for document in documents:
            yield from ((kind, statement) for statement in document["Statement"])


def _text(value: Any) -> str:
    """A resource as text, with `${NAME}` for what CloudFormation fills in."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(map(_text, parts))
    if "Ref" in value:
        return f"${{{value['Ref']}}}"
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        return f"${{{strip_hash(name)}.{attribute}}}"
    return f"${{{json.dumps(value)}}}"
