"""Read the IAM policies of templates as permissions that can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
# Properties that contain a policy of the resource itself.
_RESOURCE_POLICIES: Mapping[str, str] = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
TRUST = "trust policy"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """An action on a resource, allowed or denied by a statement.

    Args:
        owner: the role or resource that the policy belongs to.
        effect: `Allow` or `Deny`.
        principal: who may act, such as `Service sagemaker.amazonaws.com`; empty for a policy of a role.
        action: such as `s3:GetObject`, or `all except s3:GetObject` for NotAction.
        resource: an ARN, with `${LogicalId}` for a reference, or `all except ...` for NotResource.
        conditions: each an operator, a key and its values.
    """

    owner: str
    effect: str
    principal: str
    action: str
    resource: str
    conditions: frozenset[tuple[str, str, frozenset[str]]] = frozenset()


def read_permissions(templates: Mapping[str, Template]) -> frozenset[Permission]:
    """Return the permissions in all policies.

    Args:
        templates: templates by the path of their stack, such as `dev/flights/pipeline`.
    """
    return frozenset(
        permission
        for stack, template in templates.items()
        for logical_id, resource in template.get("Resources", {}).items()
        for permission in _permissions_of(stack, logical_id, resource, template)
    )


def read_owners(templates: Mapping[str, Template]) -> frozenset[str]:
    """Return the roles and resources that have a policy."""
    return frozenset(permission.owner for permission in read_permissions(templates))


def as_text(value: Any) -> str:
    """Return a value of a template as text, with `${Name}` and `${Name.Attribute}` for references."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref":
            return f"${{{argument}}}"
        if function == "Fn::GetAtt":
            return f"${{{'.'.join(argument) if isinstance(argument, list) else argument}}}"
        if function == "Fn::Sub" and isinstance(argument, str):
            return argument
        if function == "Fn::Join":
            separator, parts = argument
            if isinstance(parts, list):
                return str(separator).join(as_text(part) for part in parts)
    return json.dumps(value, sort_keys=True)


def _permissions_of(
    stack: str, logical_id: str, resource: Mapping[str, Any], template: Template
) -> Iterator[Permission]:
    properties = resource.get("Properties", {})
    kind = resource.get("Type", "")
    if kind == "AWS::IAM::Role":
        owner = _role_name(stack, {"Ref": logical_id}, template)
        yield from _document(f"{owner}, {TRUST}", properties.get("AssumeRolePolicyDocument"))
        for policy in properties.get("Policies", ()):
            yield from _document(owner, policy["PolicyDocument"])
        for policy in properties.get("ManagedPolicyArns", ()):
            yield Permission(
                owner=owner, effect="Allow", principal="", action="the managed policy", resource=as_text(policy)
            )
        # Without the boundary, the policies of the role apply in full.
        if boundary := properties.get("PermissionsBoundary"):
            yield Permission(
                owner=owner,
                effect="Deny",
                principal="",
                action="all that the permissions boundary does not allow",
                resource=as_text(boundary),
            )
    elif kind in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}:
        roles = properties.get("Roles") or ([properties["RoleName"]] if "RoleName" in properties else [])
        owners = [_role_name(stack, role, template) for role in roles]
        for owner in owners or [f"{stack}: {as_text(properties.get('ManagedPolicyName', logical_id))}"]:
            yield from _document(owner, properties.get("PolicyDocument"))
    elif kind in _RESOURCE_POLICIES:
        yield from _document(f"{stack}: {logical_id}", properties.get(_RESOURCE_POLICIES[kind]))


def _role_name(stack: str, role: Any, template: Template) -> str:
    """Return the name of a role in AWS, or its stack and logical ID if CloudFormation names it."""
    if isinstance(role, Mapping) and "Ref" in role:
        target = template["Resources"].get(role["Ref"], {})
        name = target.get("Properties", {}).get("RoleName")
        return as_text(name) if name else f"{stack}: {role['Ref']}"
    return as_text(role)


def _document(owner: str, document: Any) -> Iterator[Permission]:
    statements: Any = document.get("Statement", []) if isinstance(document, Mapping) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        conditions = frozenset(
            (operator, key, frozenset(_texts(values)))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
        for principal in _principals(statement):
            for action in _elements(statement, "Action"):
                for resource in _elements(statement, "Resource"):
                    yield Permission(
                        owner=owner,
                        effect=statement["Effect"],
                        principal=principal,
                        action=action,
                        resource=resource,
                        conditions=conditions,
                    )


def _texts(values: Any) -> list[str]:
    return [as_text(value) for value in (values if isinstance(values, list) else [values])]


def _elements(statement: Mapping[str, Any], key: str) -> list[str]:
    if f"Not{key}" in statement:
        return [f"all except {', '.join(sorted(_texts(statement[f'Not{key}'])))}"]
    return _texts(statement.get(key, ""))


def _principals(statement: Mapping[str, Any]) -> list[str]:
    prefix = "all except " if "NotPrincipal" in statement else ""
    principal = statement.get("NotPrincipal", statement.get("Principal", ""))
    if not isinstance(principal, Mapping):
        return [f"{prefix}{principal}"]
    named = [f"{kind} {text}" for kind, values in principal.items() for text in _texts(values)]
    return [f"{prefix}{', '.join(sorted(named))}"] if prefix else ["*" if each == "AWS *" else each for each in named]
