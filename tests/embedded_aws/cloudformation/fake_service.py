"""A tiny service in memory, with handlers and rules: what the engine is tested on without moto."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.cloudformation import Engine, Stack
from embedded_aws.live_properties import user_tags
from embedded_aws.resource_rules import ResourceRules, UnknownTypeError
from embedded_aws.resource_rules.rules import rules_of_schema
from embedded_aws.resources.handler import Context, Handler, Properties

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ITEM = "Fake::Store::Item"
MOVER = "Fake::Store::Mover"

TAGS = {
    "type": "array",
    "items": {"type": "object", "properties": {"Key": {}, "Value": {}}, "additionalProperties": False},
}
SCHEMA: dict[str, Any] = {
    "typeName": ITEM,
    "properties": {
        "ItemName": {"type": "string"},
        "Kind": {"type": "string"},
        "Size": {"type": "integer"},
        "Parent": {"type": "string"},
        "Note": {"type": "string"},
        "Options": {
            "type": "object",
            "properties": {"Fixed": {"type": "string"}, "Free": {"type": "string"}},
            "additionalProperties": False,
        },
        "Tags": TAGS,
        "Arn": {"type": "string"},
        "Stamp": {"type": "string"},
    },
    "required": ["Kind"],
    "additionalProperties": False,
    "createOnlyProperties": ["/properties/ItemName", "/properties/Kind", "/properties/Options/Fixed"],
    "readOnlyProperties": ["/properties/Arn", "/properties/Stamp"],
    "primaryIdentifier": ["/properties/ItemName"],
    "tagging": {"taggable": True, "tagOnCreate": True, "tagUpdatable": True, "tagProperty": "/properties/Tags"},
}
RULES = {
    ITEM: rules_of_schema(SCHEMA),
    MOVER: rules_of_schema({**SCHEMA, "typeName": MOVER}),
}


def fake_rules(type_name: str) -> ResourceRules:
    if type_name not in RULES:
        raise UnknownTypeError(f"{type_name}: unknown")
    return RULES[type_name]


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "FakeOperation")


@dataclass
class FakeService:
    """Items by id. An item's name is unique, its parent must exist, and a parent cannot be deleted.

    Args:
        failing: pairs of verb (`create`, `half-create`, `update`, `half-update`, `delete`) and logical id that
            fail, with the number of times.
    """

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    failing: dict[tuple[str, str], int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __call__(self, service: str) -> FakeService:
        assert service in {"fake", "ssm", "ec2", "secretsmanager"}
        return self

    def listing(self) -> dict[str, dict[str, Any]]:
        return {item_id: dict(item) for item_id, item in self.items.items()}

    def fail(self, verb: str, logical_id: str) -> bool:
        left = self.failing.get((verb, logical_id), 0)
        if left:
            self.failing[verb, logical_id] = left - 1
        return left > 0

    def put(self, item_id: str, properties: Properties) -> None:
        parent = properties.get("Parent")
        if parent is not None and parent not in self.items:
            raise refusal("ParentNotThere", f"there is no {parent}")
        name = properties.get("ItemName")
        if name is not None and any(i != item_id and item.get("ItemName") == name for i, item in self.items.items()):
            raise refusal("ItemAlreadyExists", f"{name} already exists")
        self.items[item_id] = dict(_without_system_tags(properties))

    def remove(self, item_id: str) -> None:
        if item_id not in self.items:
            raise refusal("ItemNotFound", f"there is no {item_id}")
        children = [child for child, item in self.items.items() if item.get("Parent") == item_id]
        if children:
            raise refusal("DependencyViolation", f"{item_id} is the parent of {children}")
        del self.items[item_id]

    def get_parameters(self, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert not WithDecryption
        return {"Parameters": [{"Value": self.parameters[name]} for name in Names if name in self.parameters]}

    def get_secret_value(self, SecretId: str, **version: str) -> dict[str, Any]:  # noqa: N803
        if SecretId not in self.secrets:
            raise refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return {"SecretString": self.secrets[SecretId] + "".join(version.values())}

    def describe_availability_zones(self) -> dict[str, Any]:
        return {"AvailabilityZones": [{"ZoneName": f"{REGION}{letter}"} for letter in "bca"]}


def _without_system_tags(properties: Properties) -> Properties:
    """The properties without the tags of CloudFormation, which the service does not list."""
    tags = user_tags(properties.get("Tags", []))
    others = {name: value for name, value in properties.items() if name != "Tags"}
    return {**others, "Tags": tags} if tags else others


class ItemHandler(Handler):
    type_name = ITEM
    supported = frozenset({"ItemName", "Kind", "Size", "Parent", "Options", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        service: FakeService = context.client("fake")
        service.calls.append(("create", context.logical_id))
        if service.fail("create", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused")
        item_id = f"{context.logical_id}-{next(service.numbers)}"
        service.put(item_id, properties)
        context.report_id(item_id)
        if service.fail("half-create", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused half-way")
        return self.attributes(item_id, properties)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        service: FakeService = context.client("fake")
        service.calls.append(("update", context.logical_id))
        if service.fail("update", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused")
        service.put(physical_id, new)
        if service.fail("half-update", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused half-way")
        return self.attributes(physical_id, new)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        service: FakeService = context.client("fake")
        service.calls.append(("delete", context.logical_id))
        if service.fail("delete", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused")
        service.remove(physical_id)

    def attributes(self, item_id: str, properties: Properties) -> dict[str, Any]:
        return {"Arn": f"arn:fake:{item_id}"}


class MoverHandler(ItemHandler):
    """Gets a new id with each update in place, as an association of a route table does."""

    type_name = MOVER

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        service: FakeService = context.client("fake")
        if service.fail("update", context.logical_id):
            raise refusal("Refused", f"{context.logical_id} is refused")
        if new.get("Parent") not in {None, *service.items}:
            raise refusal("ParentNotThere", f"there is no {new['Parent']}")
        ids_changed = f"{context.logical_id}-{next(service.numbers)}"
        service.put(ids_changed, new)
        children = [child for child, item in service.items.items() if item.get("Parent") == physical_id]
        for child in children:
            service.items[child]["Parent"] = ids_changed
        service.remove(physical_id)
        context.report_id(ids_changed)
        return self.attributes(ids_changed, new)


def fake_engine(service: FakeService, handler: Handler | None = None, *, region: str = REGION) -> Engine:
    """An engine on the service; another handler may take the place of the ordinary item's."""
    return Engine(
        client=service,
        handlers={ITEM: handler or ItemHandler(), MOVER: MoverHandler()},
        account=ACCOUNT,
        region=region,
        rules=fake_rules,
    )


def item(kind: str = "a", *, type_name: str = ITEM, **body: Any) -> dict[str, Any]:
    """A resource of a template; arguments in capitals are properties, `policy` and such are attributes."""
    attributes = {"policy": "DeletionPolicy", "replace_policy": "UpdateReplacePolicy", "dependencies": "DependsOn"}
    properties = {name: value for name, value in body.items() if name not in attributes}
    return {
        "Type": type_name,
        "Properties": {"Kind": kind, **properties},
        **{attributes[name]: value for name, value in body.items() if name in attributes},
    }


def template(resources: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    return {"Resources": dict(resources), **sections}


def statuses(stack: Stack, logical_id: str | None = None) -> list[str]:
    """What the events tell, oldest first."""
    return [event.status for event in stack.events if logical_id in {None, event.logical_id}]


def reasons(stack: Stack) -> str:
    return "\n".join(event.reason for event in stack.events if event.reason)
