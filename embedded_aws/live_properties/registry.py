"""The readers of live resources, by type, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

# Returns the boto3 client of a service in the account and region.
Services = Callable[[str], Any]
# Physical id to properties.
Shown = dict[str, dict[str, Any]]
# A test passes its own kind of clients.
Reader = Callable[[Any], Shown]
# Without the tags of AWS itself, which no template sets.
READERS: dict[str, Reader] = {}
_READERS_WITH_SYSTEM_TAGS: dict[str, Reader] = {}
_TAG_PROPERTIES = ("Tags", "ResourceTags")
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
SYSTEM_TAG = "aws:"


def reader(type_name: str) -> Callable[[Reader], Reader]:
    """Register a function that reads every resource of a type."""

    def register(function: Reader) -> Reader:
        _READERS_WITH_SYSTEM_TAGS[type_name] = function
        READERS[type_name] = lambda services: {
            name: _without_system_tags(shown) for name, shown in function(services).items()
        }
        return function

    return register


def tagged_resources(type_name: str, services: Services, tags: Mapping[str, str]) -> list[str]:
    """Return the ids of the resources of a type that have these tags, those of AWS included."""
    shown = _READERS_WITH_SYSTEM_TAGS[type_name](services)
    return [name for name, properties in shown.items() if tags.items() <= _tags(properties).items()]


def _tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a resource, which some services show as a map."""
    given: Any = next((properties[name] for name in _TAG_PROPERTIES if properties.get(name)), {})
    return dict(given) if isinstance(given, Mapping) else {tag["Key"]: tag["Value"] for tag in given}


def _without_system_tags(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties without the tags whose prefix is reserved."""
    return {
        name: user_tags(value) if name in _TAG_PROPERTIES and value else value for name, value in properties.items()
    }


def user_tags(tags: Any) -> Any:
    """The tags, a list or a map, without those of AWS itself."""
    if isinstance(tags, Mapping):
        return {key: value for key, value in tags.items() if not key.startswith(SYSTEM_TAG)}
    return [tag for tag in tags if not tag["Key"].startswith(SYSTEM_TAG)]


def pick(description: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named members of a description; None for those that it lacks."""
    return {name: description.get(name) for name in names}


def or_nothing(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """A configuration, or nothing where the service answers that there is none."""
    try:
        answer: dict[str, Any] = call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if not any(word in code for word in ("NoSuch", "NotFound")):
            raise
        return {}
    return answer


def list_all(client: Any, operation: str, result: str, **arguments: Any) -> list[Any]:
    """The items of all pages of a listing, such as `list_all(iam, "list_roles", "Roles")`."""
    if client.can_paginate(operation):
        return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page.get(result, ())]
    found: list[Any] = getattr(client, operation)(**arguments).get(result, [])
    return found


def account_id(services: Services) -> str:
    """The account of the clients."""
    account: str = services("sts").get_caller_identity()["Account"]
    return account
