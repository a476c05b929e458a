"""Athena."""

from __future__ import annotations

from typing import Any

from moto.athena.models import AthenaBackend
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
