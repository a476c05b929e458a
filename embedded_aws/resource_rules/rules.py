"""What CloudFormation does with a resource type's properties: replace, change in place, refuse, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.resource_rules.differences import ANY_ITEM
from embedded_aws.resource_rules.overrides import Override, overrides_of
from embedded_aws.resource_rules.schemas import DEFAULT_REGION, schema

Recreation = Literal["Never", "Conditionally", "Always"]
Path = tuple[str, ...]

_EFFECT_TO_RECREATION: Mapping[str, Recreation] = {
    "replacement": "Always",
    "conditional": "Conditionally",
    "in-place": "Never",
}


class UnknownTypeError(EmbeddedAwsError):
    """The schemas have no such type in this region."""


@dataclass(frozen=True, kw_only=True)
class ResourceRules:
    """The rules of one resource type; paths are written `Name/Member`, `*` for any item of a list.

    Args:
        type_name: such as `AWS::S3::Bucket`.
        required: the properties that a template must give.
        properties: the properties that a template may give (read-only ones are not among them).
        attributes: what Fn::GetAtt reads, nested ones with dots.
        identifier: the properties that identify the resource.
        fixed_name_property: the path of the property that gives the resource its unique name, if there is one.
        tag_property: the property that holds the tags, if the type can be tagged when it is created and later.
        tags_are_a_map: whether that property is a map instead of a list of Key and Value.
        schema: the schema itself, for whoever checks nested properties.
    """

    type_name: str
    required: frozenset[str]
    properties: frozenset[str]
    attributes: frozenset[str]
    identifier: tuple[str, ...]
    fixed_name_property: str | None
    tag_property: str | None
    tags_are_a_map: bool
    schema: Mapping[str, Any] = field(repr=False)
    _recreations: Mapping[Path, Recreation] = field(repr=False)
    _interruptions: frozenset[Path] = frozenset()
    _every_property_readable: bool = False

    def recreation(self, path: str) -> Recreation:
        """What a change at this path asks for; a property that the schema does not know asks for a replacement."""
        changed = tuple(path.split("/"))
        if changed[0] not in self.properties:
            return "Always"
        above = [rule for rule in self._recreations if _is_prefix(rule, changed)]
        if above:
            return self._recreations[max(above, key=len)]
        below = {effect for rule, effect in self._recreations.items() if _is_prefix(changed, rule)}
        if "Always" in below:
            return "Always"
        return "Conditionally" if "Conditionally" in below else "Never"

    def replacing(self, changed: Iterable[str]) -> frozenset[str]:
        """Those of the changed paths that make a new resource: all that don't certainly change in place."""
        return frozenset(path for path in changed if self.recreation(path) != "Never")

    def interrupting(self, changed: Iterable[str]) -> frozenset[str]:
        """Those of the changed paths that stop what runs, although the resource stays: a notebook in use, say."""
        paths = {path: tuple(path.split("/")) for path in changed}
        return frozenset(
            name for name, path in paths.items() if any(_is_prefix(rule, path) for rule in self._interruptions)
        )

    def knows(self, name: str) -> bool:
        """Whether a template may give this property."""
        return name in self.properties

    def readable(self, attribute: str) -> bool:
        """Whether Fn::GetAtt reads this attribute."""
        if attribute in self.attributes:
            return True
        return self._every_property_readable and attribute.split(".", maxsplit=1)[0] in self.schema["properties"]


@cache
def resource_rules(type_name: str, *, region: str = DEFAULT_REGION) -> ResourceRules:
    """The rules of a resource type, from the schemas that cfn-lint bundles and our reviewed overrides.

    Args:
        type_name: such as `AWS::S3::Bucket`.
        region: the region whose schema counts; they differ little.

    Raises:
        UnknownTypeError: the region has no such type.
    """
    found = schema(type_name, region)
    if found is None:
        raise UnknownTypeError(
            f"{type_name}: the resource schemas of {region} know no such type; check its spelling and the region."
        )
    return rules_of_schema(found, overrides_of(type_name))


def rules_of_schema(found: Mapping[str, Any], entries: Iterable[Override] = ()) -> ResourceRules:
    """The rules that a resource schema and the overrides of its type make."""
    entries = tuple(entries)
    type_name = found["typeName"]
    read_only = [_path(pointer) for pointer in found.get("readOnlyProperties", [])]
    readable = {".".join(path) for path in read_only}
    readable.update(found.get("readableProperties", []))
    readable.update(entry.property for entry in entries if entry.effect == "readable")
    hidden = {path[0] for path in read_only if len(path) == 1}
    tag_property, tags_are_a_map = _tags(found)
    return ResourceRules(
        type_name=type_name,
        required=frozenset(found.get("required", [])),
        properties=frozenset(found["properties"]) - hidden,
        attributes=frozenset(readable - {"*"}),
        identifier=tuple("/".join(_path(pointer)) for pointer in found.get("primaryIdentifier", [])),
        fixed_name_property=_fixed_name_property(found, type_name, entries),
        tag_property=tag_property,
        tags_are_a_map=tags_are_a_map,
        schema=found,
        _recreations=_recreations(found, entries),
        _interruptions=frozenset(_path(entry.property) for entry in entries if entry.effect == "interruption"),
        _every_property_readable="*" in readable,
    )


def _path(pointer: str) -> Path:
    """`/properties/A/*/B` as its names."""
    return tuple(pointer.removeprefix("/properties/").split("/"))


def _recreations(found: Mapping[str, Any], entries: tuple[Override, ...]) -> dict[Path, Recreation]:
    """What the schema says, then what the overrides say instead."""
    rules: dict[Path, Recreation] = {}
    for pointer in found.get("conditionalCreateOnlyProperties", []):
        rules[_path(pointer)] = "Conditionally"
    for pointer in found.get("createOnlyProperties", []):
        rules[_path(pointer)] = "Always"
    for entry in entries:
        if entry.effect in _EFFECT_TO_RECREATION:
            rules[_path(entry.property)] = _EFFECT_TO_RECREATION[entry.effect]
    return rules


def _fixed_name_property(found: Mapping[str, Any], type_name: str, entries: tuple[Override, ...]) -> str | None:
    """The create-only property whose name ends the type's own: BucketName of a bucket, GroupName of a group.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-customize-physical-id.html
    """
    excluded = {entry.property for entry in entries if entry.effect == "not-a-name"}
    full = type_name.rsplit("::", maxsplit=1)[-1] + "Name"
    paths = (_path(pointer) for pointer in found.get("createOnlyProperties", []))
    names = ["/".join(path) for path in paths if path[-1].endswith("Name") and full.endswith(path[-1])]
    return next((name for name in names if name not in excluded), None)


def _tags(found: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Where the tags stand. A schema that says nothing about tags means /properties/Tags, if there is one.

    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
    """
    tagging = found.get("tagging", {})
    name = _path(tagging.get("tagProperty", "/properties/Tags"))[0]
    taggable = tagging.get("taggable", True) and tagging.get("tagOnCreate", True) and tagging.get("tagUpdatable", True)
    if not taggable or name not in found["properties"]:
        return None, False
    types = found["properties"][name].get("type")
    return name, "object" in (types if isinstance(types, list) else [types])


def _is_prefix(start: Path, whole: Path) -> bool:
    """Whether a path lies at or above another; `*` stands for one step of any name."""
    pairs = zip(start, whole, strict=False)
    return len(start) <= len(whole) and all(a == b or ANY_ITEM in (a, b) for a, b in pairs)
