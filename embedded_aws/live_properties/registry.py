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
READERS: dict[str, Callable[[Any], Shown]] = {}


def reader(type_name: str) -> Callable[[Callable[[Any], Shown]], Callable[[Any], Shown]]:
    """Register a function that reads every resource of a type."""

    def register(function: Callable[[Any], Shown]) -> Callable[[Any], Shown]:
        READERS[type_name] = function
        return function

    return register


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
