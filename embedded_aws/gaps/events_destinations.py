"""EventBridge: connections and API destinations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from moto.events.exceptions import ResourceAlreadyExistsException, ResourceNotFoundException, ValidationException
from moto.events.models import Connection, EventsBackend
from moto.secretsmanager.models import secretsmanager_backends
from moto.utilities.utils import CamelToUnderscoresWalker

from embedded_aws.gaps._registry import fills

_create_connection = EventsBackend.create_connection
_update_connection = EventsBackend.update_connection
_create_destination = EventsBackend.create_api_destination
_update_destination = EventsBackend.update_api_destination
_describe = Connection.describe
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html
_SECRET_MEMBERS = {"ApiKeyAuthParameters": "ApiKeyValue", "BasicAuthParameters": "Password"}  # pragma: allowlist secret


@fills(
    EventsBackend,
    "create_connection",
    service="events",
    what="CreateConnection, refused under a name that exists",
    why="moto silently replaces the connection",
)
def create_connection(self: Any, name: str, *positional: Any) -> Any:
    if name in self.connections:
        raise ResourceAlreadyExistsException(f"Connection {name} already exists.")
    return _create_connection(self, name, *positional)


@fills(
    EventsBackend,
    "update_connection",
    service="events",
    what="UpdateConnection, which renews the connection's secret",
    why="moto leaves the secret as it is",
)
def update_connection(self: Any, name: str, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = _update_connection(self, name, **changes)
    if changes.get("auth_parameters"):
        connection = self.connections[name]
        backend = secretsmanager_backends[self.account_id][self.region_name]
        text = json.dumps(_secret_value(connection.auth_parameters))
        name = backend.secrets[connection.secret_arn].name
        backend.put_secret_value(name, text, None, str(uuid.uuid4()), ["AWSCURRENT"])
    return answer


def _secret_value(parameters: Mapping[str, Any]) -> Any:
    """The secret of a connection, as moto makes it."""
    value: dict[str, Any] = {}
    for name, members in parameters.items():
        value.update({name: members} if name == "InvocationHttpParameters" else members)
    return CamelToUnderscoresWalker.parse(value)


@fills(
    Connection,
    "describe",
    service="events",
    what="DescribeConnection without the values of secrets",
    why="moto shows passwords and API keys",
)
def describe(self: Any) -> dict[str, Any]:
    shown: dict[str, Any] = _describe(self)
    return {**shown, "AuthParameters": without_secrets(self.auth_parameters)}


def without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Authorization parameters as DescribeConnection shows them."""
    shown = {
        name: {key: value for key, value in members.items() if key != _SECRET_MEMBERS.get(name)}
        for name, members in parameters.items()
        if name != "OAuthParameters"
    }
    if http := parameters.get("InvocationHttpParameters"):
        shown["InvocationHttpParameters"] = {kind: [_shown(each) for each in given] for kind, given in http.items()}
    if oauth := parameters.get("OAuthParameters"):
        client = {"ClientID": oauth["ClientParameters"]["ClientID"]}
        shown["OAuthParameters"] = {
            **{name: oauth[name] for name in ("AuthorizationEndpoint", "HttpMethod")},
            "ClientParameters": client,
        }
    return shown


def _shown(parameter: Mapping[str, Any]) -> dict[str, Any]:
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ConnectionHeaderParameter.html
    is_secret = parameter.get("IsValueSecret", True)
    return {name: value for name, value in parameter.items() if name != "Value" or not is_secret}


@fills(
    EventsBackend,
    "create_api_destination",
    service="events",
    what="CreateApiDestination, refused under a name that exists, without a connection, or for another URL than https",
    why="moto silently replaces the destination, and takes any URL",
)
def create_api_destination(self: Any, name: str, description: str, connection_arn: str, *positional: Any) -> Any:
    if name in self.destinations:
        raise ResourceAlreadyExistsException(f"Api-destination {name} already exists.")
    _check_destination(self, connection_arn, positional[0])
    return _create_destination(self, name, description, connection_arn, *positional)


@fills(
    EventsBackend,
    "update_api_destination",
    service="events",
    what="UpdateApiDestination, refused without the connection, or for another URL than https",
    why="moto takes any URL",
)
def update_api_destination(self: Any, name: str, **changes: Any) -> Any:
    _check_destination(self, changes.get("connection_arn"), changes.get("invocation_endpoint"))
    return _update_destination(self, name, **changes)


def _check_destination(backend: Any, connection_arn: str | None, endpoint: str | None) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destination-create.html: the URL is https."""
    if endpoint is not None and not endpoint.startswith("https://"):
        raise ValidationException("Parameter InvocationEndpoint is not valid. Reason: The URL must use HTTPS.")
    if connection_arn is not None and all(each.arn != connection_arn for each in backend.connections.values()):
        raise ResourceNotFoundException(f"Connection '{connection_arn}' does not exist.")
