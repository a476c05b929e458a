"""What the handlers share: calling a service with a template's values, picking properties, tags."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from embedded_aws.resources.handler import Context, Properties


def call(context: Context, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Call an operation, such as `call(context, "ec2", "CreateVpc", CidrBlock="10.0.0.0/16")`.

    Templates may carry numbers and booleans as text and policies as objects: each value is cast to what the
    operation's own model asks for. An argument that is None is left out.
    """
    client = context.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    given = {name: value for name, value in arguments.items() if value is not None}
    response: dict[str, Any] = getattr(client, xform_name(operation))(**(_cast(given, shape) if shape else given))
    return response


@contextmanager
def ignoring(code: str) -> Iterator[None]:
    """Take the service's error `code` for "it is so already".

    An update that failed half-way is undone by an update back, which meets what is done and what is not. A deletion
    whose answer was lost is repeated.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise


def exists(context: Context, service: str, operation: str, *, missing: str | tuple[str, ...], **arguments: Any) -> bool:
    """Whether an operation finds the resource that the arguments name; the stack's role needs no permission for it.

    Args:
        missing: the service's error code where it finds none, or several.
    """
    try:
        call(context.unrestricted(), service, operation, **arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in ((missing,) if isinstance(missing, str) else missing):
            return False
        raise
    return True


def _cast(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {k: _cast(v, shape.members[k]) if k in shape.members else v for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [_cast(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {k: _cast(v, shape.value) for k, v in value.items()}
    cast = _SCALARS.get(shape.type_name)
    return cast(value) if cast else value


def text(value: Any) -> Any:
    """A value as text: documents as compact JSON, booleans and numbers as CloudFormation writes them."""
    if isinstance(value, Mapping | list):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def boolean(value: Any) -> Any:
    """`"true"` and `"false"` as booleans, all else as it is (botocore refuses what does not fit)."""
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _number(kind: Callable[[str], float]) -> Callable[[Any], Any]:
    def cast(value: Any) -> Any:
        try:
            return kind(value) if isinstance(value, str) else value
        except ValueError:
            return value  # botocore refuses it, naming the argument

    return cast


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": text,
    "boolean": boolean,
    "integer": _number(int),
    "long": _number(int),
    "float": _number(float),
    "double": _number(float),
}


def pick(properties: Properties, *names: str) -> dict[str, Any]:
    """Those of the named properties that the template gives."""
    return {name: properties[name] for name in names if properties.get(name) is not None}


def changed(old: Properties, new: Properties, *names: str) -> bool:
    """Whether any of the named properties differs."""
    return any(old.get(name) != new.get(name) for name in names)


def tags(properties: Properties, *, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The template's tags, a list or a map, as a list in the words of the service's API."""
    return [{key: k, value: v} for k, v in tag_map(properties).items()]


def tag_map(properties: Properties) -> dict[str, str]:
    """The template's tags, a list or a map, as a map."""
    given = properties.get("Tags") or []
    pairs = given.items() if isinstance(given, Mapping) else ((tag["Key"], tag["Value"]) for tag in given)
    return {str(k): text(v) for k, v in pairs}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a list of unlike things has lost and gained, in order."""

    removed: list[Any]
    added: list[Any]


def difference(old: Iterable[Any] | None, new: Iterable[Any] | None) -> Difference:
    """Compare two lists as sets: values that need not be hashable, each counted once."""
    before, after = list(old or []), list(new or [])
    return Difference(
        removed=[item for item in before if item not in after],
        added=[item for item in after if item not in before],
    )


def update_tags(
    old: Properties,
    new: Properties,
    *,
    remove: Callable[[list[str]], Any],
    add: Callable[[dict[str, str]], Any],
) -> None:
    """Bring a resource's tags from the old properties to the new ones.

    Args:
        remove: called with the keys that are gone, if there are any.
        add: called with all tags of the new properties if one is new or has another value.
    """
    before, after = tag_map(old), tag_map(new)
    gone = [key for key in before if key not in after]
    if gone:
        remove(gone)
    if any(before.get(key) != value for key, value in after.items()):
        add(after)
