"""Templates: from JSON or YAML text (short forms too) to typed values, with AWS's words for what is malformed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

from embedded_aws.cloudformation.errors import CloudFormationError

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
    }
)
RESOURCE_KEYS = frozenset(
    {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}
)
# Snapshot is left out: none of the types that AWS allows it for has a handler.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
DELETION_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate")
UPDATE_REPLACE_POLICIES = ("Delete", "Retain")


@dataclass(frozen=True, kw_only=True)
class ResourceDefinition:
    """A resource as the template writes it."""

    logical_id: str
    type_name: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    deletion_policy: str
    update_replace_policy: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A whole template; `text` is what was given, for GetTemplate."""

    text: str
    description: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    rules: Mapping[str, Any]
    resources: Mapping[str, ResourceDefinition]
    outputs: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, Any]


EMPTY = Template(
    text="",
    description=None,
    parameters={},
    mappings={},
    conditions={},
    rules={},
    resources={},
    outputs={},
    metadata={},
)


def parse(template: str | Mapping[str, Any]) -> Template:
    """Read a template.

    Raises:
        CloudFormationError: it is neither JSON nor YAML, or a part has the wrong shape.
    """
    if isinstance(template, str):
        text, document = template, _load(template)
    else:
        text, document = json.dumps(template), template
    if not isinstance(document, Mapping):
        raise CloudFormationError("Template format error: unsupported structure.")
    if "Transform" in document:
        raise CloudFormationError(
            f"Template format error: the embedded AWS runs no transforms, and the template asks for "
            f"{document['Transform']}."
        )
    unknown = sorted(str(name) for name in document if name not in SECTIONS)
    if unknown:
        raise CloudFormationError(f"Invalid template property or properties [{', '.join(unknown)}]")
    resources = _section(document, "Resources")
    if not resources:
        raise CloudFormationError("Template format error: At least one Resources member must be defined.")
    return Template(
        text=text,
        description=document.get("Description"),
        parameters=_objects(document, "Parameters"),
        mappings=_objects(document, "Mappings"),
        conditions=_section(document, "Conditions"),
        rules=_objects(document, "Rules"),
        resources={logical_id: _resource(logical_id, body) for logical_id, body in resources.items()},
        outputs=_objects(document, "Outputs"),
        metadata=_section(document, "Metadata"),
    )


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name)
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        raise CloudFormationError(f"Template format error: [/{name}] must be an object.")
    return section


def _objects(document: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    section = _section(document, name)
    for key, member in section.items():
        if not isinstance(member, Mapping):
            raise CloudFormationError(f"Template format error: [/{name}/{key}] must be an object.")
    return section


def _resource(logical_id: str, body: Any) -> ResourceDefinition:
    where = f"[/Resources/{logical_id}]"
    if not isinstance(body, Mapping) or not isinstance(body.get("Type"), str):
        raise CloudFormationError(f"Template format error: {where} Every Resources object must contain a Type member.")
    if not logical_id.isalnum():
        raise CloudFormationError(f"Template format error: Resource name {logical_id} is non alphanumeric.")
    unknown = sorted(set(body) - RESOURCE_KEYS)
    if unknown:
        raise CloudFormationError(
            f"Template format error: {where} Encountered unsupported attributes: [{', '.join(unknown)}]"
        )
    properties = body.get("Properties") or {}
    if not isinstance(properties, Mapping):
        raise CloudFormationError(f"Template format error: {where} Properties must be an object.")
    depends_on = body.get("DependsOn") or ()
    return ResourceDefinition(
        logical_id=logical_id,
        type_name=body["Type"],
        properties=properties,
        depends_on=(depends_on,) if isinstance(depends_on, str) else tuple(depends_on),
        condition=body.get("Condition"),
        deletion_policy=_policy(body, "DeletionPolicy", DELETION_POLICIES, where),
        update_replace_policy=_policy(body, "UpdateReplacePolicy", UPDATE_REPLACE_POLICIES, where),
        metadata=body.get("Metadata") or {},
    )


def _policy(body: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str:
    policy: str = body.get(name, "Delete")
    if policy == "Snapshot":
        raise CloudFormationError(f"Template error: resource type {body['Type']} does not support {name} Snapshot")
    if policy not in allowed:
        raise CloudFormationError(f"Template error: Unrecognized {name} {policy} for resource {where}")
    return policy


def _load(text: str) -> Any:
    """JSON where it looks like JSON (a template of 1 MB takes YAML seconds), else YAML."""
    try:
        return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Loader)  # noqa: S506
    except json.JSONDecodeError as error:
        raise CloudFormationError(
            f"Template format error: JSON not well-formed. (line {error.lineno}, column {error.colno})"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise CloudFormationError(f"Template format error: YAML not well-formed.{place}") from error


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML with CloudFormation's short forms; dates stay text, as in AWSTemplateFormatVersion."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def _short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    """`!Sub text` is `{"Fn::Sub": "text"}`; only Ref and Condition have no prefix."""
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", maxsplit=1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
