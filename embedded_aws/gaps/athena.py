"""Athena."""

from __future__ import annotations

import json
from typing import Any

from moto.athena.models import AthenaBackend
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from embedded_aws.gaps._registry import fills

_create_work_group = AthenaResponse.create_work_group
_delete_work_group = AthenaBackend.delete_work_group
_get_data_catalog = AthenaBackend.get_data_catalog
_list_tags = AthenaBackend.list_tags_for_resource
_get_work_group = AthenaBackend.get_work_group
# https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference.html
_NEWEST_ENGINE = "Athena engine version 3"
_LACKS = "moto lacks it"


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
    _set_effective_engine(group)
    return "{}"


@fills(
    AthenaResponse,
    "create_work_group",
    service="athena",
    what="CreateWorkGroup with an engine, which GetWorkGroup shows as the effective one",
    why="moto has an effective engine only where none is given",
)
def create_work_group(self: Any) -> Any:
    answer = _create_work_group(self)
    _set_effective_engine(self.athena_backend.work_groups[self._get_param("Name")])
    return answer


def _set_effective_engine(group: Any) -> None:
    selected = group.configuration["EngineVersion"].get("SelectedEngineVersion", "AUTO")
    effective = _NEWEST_ENGINE if selected == "AUTO" else selected
    group.configuration["EngineVersion"] = {"SelectedEngineVersion": selected, "EffectiveEngineVersion": effective}


@fills(
    AthenaResponse,
    "delete_work_group",
    service="athena",
    what="DeleteWorkGroup, refused while the group has queries, unless they are to be deleted with it",
    why="moto deletes the group and leaves the queries",
)
def delete_work_group(self: Any) -> str:
    # https://docs.aws.amazon.com/athena/latest/APIReference/API_DeleteWorkGroup.html
    backend, name = self.athena_backend, self._get_param("WorkGroup")
    backend.get_work_group(name)  # refuses an unknown one
    held = [key for key, query in backend.named_queries.items() if query.workgroup.name == name]
    run = [key for key, query in backend.executions.items() if getattr(query.workgroup, "name", None) == name]
    if (held or run) and not self._get_param("RecursiveDeleteOption"):
        raise JsonRESTError("InvalidRequestException", f"WorkGroup {name} is not empty")
    for key in held:
        del backend.named_queries[key]
    for key in run:
        del backend.executions[key]
    backend.tagger.delete_all_tags_for_resource(backend.work_groups[name].arn)
    _delete_work_group(backend, name)
    return "{}"


@fills(
    AthenaBackend,
    "get_data_catalog",
    service="athena",
    what="GetDataCatalog refuses a catalog that does not exist",
    why="moto answers with an empty one",
)
def get_data_catalog(self: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _get_data_catalog(self, name)
    if found is None:
        raise JsonRESTError("InvalidRequestException", f"DataCatalog {name} was not found")
    return found


@fills(AthenaResponse, "update_data_catalog", service="athena", what="UpdateDataCatalog", why=_LACKS)
def update_data_catalog(self: Any) -> str:
    name = self._get_param("Name")
    self.athena_backend.get_data_catalog(name)  # refuses an unknown one
    catalog = self.athena_backend.data_catalogs[name]
    catalog.type = self._get_param("Type")
    catalog.description = self._get_param("Description")
    catalog.parameters = self._get_param("Parameters")
    return "{}"


@fills(AthenaResponse, "delete_data_catalog", service="athena", what="DeleteDataCatalog", why=_LACKS)
def delete_data_catalog(self: Any) -> str:
    name = self._get_param("Name")
    self.athena_backend.get_data_catalog(name)  # refuses an unknown one
    catalog = self.athena_backend.data_catalogs.pop(name)
    self.athena_backend.tagger.delete_all_tags_for_resource(catalog.arn)
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


@fills(
    AthenaBackend,
    "list_tags_for_resource",
    service="athena",
    what="ListTagsForResource of what has no tags",
    why="moto says that it does not exist",
)
def list_tags_for_resource(self: Any, resource_arn: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _list_tags(self, resource_arn)
    known = {each.arn for each in (*self.work_groups.values(), *self.data_catalogs.values())}
    return {"Tags": []} if found is None and resource_arn in known else found
