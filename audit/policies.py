"""The IAM policies of templates, with sample values for the expressions inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from audit.samples import sample_scope
from audit.subject import Template

Kind = Literal["identity", "trust", "resource"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy in a template.

    Args:
        name: stack, logical id and place, such as `dev/flights/pipeline/Role1ABCC5F0/Policies/0/PolicyDocument`.
        kind: of an identity; who may assume a role; or of a resource, such as a bucket.
        account: of the stack.
        document: without functions of CloudFormation.
    """

    name: str
    account: str
    kind: Kind
    document: Mapping[str, Any]


def read_policies(template: Template) -> tuple[Policy, ...]:
    """Return every policy of a template: inline, managed, of resources, and trust policies."""
    scope = sample_scope(template)
    return tuple(
        Policy(
            name="/".join((template.stack, logical_id, *place)),
            account=template.account,
            kind=_kind(resource["Type"], place),
            document={"Version": "2012-10-17", **scope.value(document)},
        )
        for logical_id, resource in template.resources.items()
        for place, document in _documents(resource.get("Properties", {}), ())
    )


def _documents(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        if "Statement" in node:
            yield place, node
        else:
            for name, each in node.items():
                yield from _documents(each, (*place, name))
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from _documents(each, (*place, str(number)))


def _kind(resource_type: str, place: tuple[str, ...]) -> Kind:
    if place[0] == "AssumeRolePolicyDocument":
        return "trust"
    return "identity" if resource_type.startswith(("AWS::IAM::", "AWS::SSO::")) else "resource"
