"""EventBridge: event buses, their policies, and archives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events.models import Archive, EventBus, EventBusPolicyStatement, EventPattern, EventsBackend
from moto.events.responses import EventsHandler

from embedded_aws.gaps._registry import fills

_delete_event_bus = EventsBackend.delete_event_bus
_create_archive = EventsHandler.create_archive
_update_archive = EventsHandler.update_archive
_describe_archive = Archive.describe
_KEY = "with the key that an archive is encrypted with"


@fills(EventsHandler, "update_event_bus", service="events", what="UpdateEventBus", why="moto lacks it")
def update_event_bus(self: Any) -> str:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateEventBus.html"""
    bus = self.events_backend.describe_event_bus(self._get_param("Name") or "default")
    kept_as = {
        "DeadLetterConfig": "dead_letter_config",
        "Description": "description",
        "KmsKeyIdentifier": "kms_key_identifier",
    }
    for name, kept in kept_as.items():
        if (value := self._get_param(name)) is not None:
            setattr(bus, kept, value)
    return json.dumps({"Arn": bus.arn, "Name": bus.name})


@fills(
    EventsBackend,
    "delete_event_bus",
    service="events",
    what="DeleteEventBus, refused while the bus has rules",
    why="moto deletes the rules with it",
)
def delete_event_bus(self: Any, name: str) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteEventBus.html
    bus = self.event_buses.get(name)
    if bus is not None and bus.rules:
        rules = ", ".join(bus.rules)
        raise JsonRESTError("ValidationException", f"Event bus {name} cannot be deleted since it has rules: {rules}")
    _delete_event_bus(self, name)


@fills(
    EventBus,
    "add_permission",
    service="events",
    what="PutPermission of a statement, which leaves the other statements alone and may name everybody",
    why="moto drops the statements with the same principal, and shows everybody as the account *",
)
def add_permission(
    self: Any, statement_id: str, action: str, principal: Mapping[str, str], condition: dict[str, Any] | None
) -> None:
    everybody = principal["AWS"].split(":")[4] == "*"
    self._statements[statement_id] = EventBusPolicyStatement(
        sid=statement_id,
        action=action,
        principal="*" if everybody else principal,
        condition=condition,
        resource=self.arn,
    )


@fills(
    EventBus,
    "add_policy",
    service="events",
    what="PutPermission of a policy, which replaces the one that the bus has",
    why="moto adds to it",
)
def add_policy(self: Any, policy: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html"""
    self._statements = {each["Sid"]: EventBusPolicyStatement.from_dict(each) for each in policy["Statement"]}


@fills(EventsHandler, "create_archive", service="events", what=f"CreateArchive {_KEY}", why="moto forgets it")
def create_archive(self: Any) -> Any:
    answer = _create_archive(self)
    _keep_key(self)
    return answer


@fills(EventsHandler, "update_archive", service="events", what=f"UpdateArchive {_KEY}", why="moto forgets it")
def update_archive(self: Any) -> Any:
    answer = _update_archive(self)
    _keep_key(self)
    return answer


def _keep_key(response: Any) -> None:
    if (key := response._get_param("KmsKeyIdentifier")) is not None:
        response.events_backend.archives[response._get_param("ArchiveName")].kms_key = key


@fills(
    Archive,
    "describe",
    service="events",
    what=f"DescribeArchive {_KEY}",
    why="moto does not show it",
)
def describe_archive(self: Any) -> dict[str, Any]:
    shown = {**_describe_archive(self), "KmsKeyIdentifier": getattr(self, "kms_key", None)}
    return {name: value for name, value in shown.items() if value not in (None, "")}


@fills(
    Archive,
    "update",
    service="events",
    what="UpdateArchive to a description that is empty, a pattern that takes every event, and no end of retention",
    why="moto leaves them as they are",
)
def update(self: Any, description: str | None, event_pattern: str | None, retention: int | None) -> None:
    if description is not None:
        self.description = description
    if event_pattern is not None:
        self.event_pattern = EventPattern.load(event_pattern)
    if retention is not None:
        self.retention = retention
