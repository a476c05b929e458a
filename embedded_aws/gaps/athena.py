"""Athena."""

from __future__ import annotations

import json
from typing import Any

from moto.athena.models import AthenaBackend
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from embedded_aws.gaps._registry import fills

_get_work_group = AthenaBackend.get_work_group


@fills(
    AthenaBackend,
    "get_work_group",
    service="athena",
    what="GetWorkGroup refuses a workgroup that does not exist",
    why="moto answers with an empty one",
)
def get_work_group(self: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _get_work_group(self, name)
    if found is None:
        raise JsonRESTError("InvalidRequestException", f"WorkGroup {name} is not found.")
    return found


@fills(
    AthenaResponse,
    "update_work_group",
    service="athena",
    what="UpdateWorkGroup of description, state and the parts of the configuration that a template gives",
    why="moto lacks it",
)
def update_work_group(self: Any) -> str:
    backend = self.athena_backend
    backend.get_work_group(self._get_param("WorkGroup"))  # refuses an unknown one
    group = backend.work_groups[self._get_param("WorkGroup")]
    group.description = self._get_param("Description", group.description)
    group.state = self._get_param("State", group.state)
    updates = dict(self._get_param("ConfigurationUpdates") or {})
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        group.configuration.pop("BytesScannedCutoffPerQuery", None)
    if result := updates.pop("ResultConfigurationUpdates", None):
        merged = {**group.configuration.get("ResultConfiguration", {}), **result}
        removed = {name for name, value in merged.items() if name.startswith("Remove") and value}
        group.configuration["ResultConfiguration"] = {
            name: value
            for name, value in merged.items()
            if not name.startswith("Remove") and f"Remove{name}" not in removed
        }
    group.configuration.update(updates)
    return "{}"


@fills(
    AthenaResponse,
    "delete_named_query",
    service="athena",
    what="DeleteNamedQuery",
    why="moto lacks it",
)
def delete_named_query(self: Any) -> str:
    query = self._get_param("NamedQueryId")
    if self.athena_backend.named_queries.pop(query, None) is None:
        raise JsonRESTError("InvalidRequestException", f"NamedQuery {query} does not exist.")
    return json.dumps({})
