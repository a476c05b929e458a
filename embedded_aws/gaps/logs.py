"""CloudWatch Logs."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from embedded_aws.gaps._registry import fills

_create_log_group = LogsResponse.create_log_group
_describe_log_group = LogGroup.to_describe_dict
_delete_log_group = LogsBackend.delete_log_group
_add_filter = MetricFilters.add_filter
_WHY = "moto keeps a log group's key from its creation but cannot change it"


@fills(LogsResponse, "associate_kms_key", service="logs", what="AssociateKmsKey", why=_WHY)
def associate_kms_key(self: Any) -> str:
    _group(self).kms_key_id = self._get_param("kmsKeyId")
    return ""


@fills(LogsResponse, "disassociate_kms_key", service="logs", what="DisassociateKmsKey", why=_WHY)
def disassociate_kms_key(self: Any) -> str:
    _group(self).kms_key_id = None
    return ""


@fills(LogsResponse, "create_log_group", service="logs", what="CreateLogGroup of a class", why="moto forgets the class")
def create_log_group(self: Any) -> str:
    answer: str = _create_log_group(self)
    _group(self).log_group_class = self._get_param("logGroupClass") or "STANDARD"
    return answer


@fills(LogGroup, "to_describe_dict", service="logs", what="DescribeLogGroups with the class", why="moto lacks it")
def describe_log_group(self: Any) -> dict[str, Any]:
    return {**_describe_log_group(self), "logGroupClass": getattr(self, "log_group_class", "STANDARD")}


@fills(
    LogsBackend,
    "delete_log_group",
    service="logs",
    what="DeleteLogGroup, with the group's metric filters",
    why="moto keeps them, for the next group of this name",
)
def delete_log_group(self: Any, log_group_name: str) -> None:
    _delete_log_group(self, log_group_name)
    self.filters.metric_filters = [
        each for each in self.filters.metric_filters if each["logGroupName"] != log_group_name
    ]


@fills(
    MetricFilters,
    "add_filter",
    service="logs",
    what="PutMetricFilter, which replaces the filter of this name",
    why="moto adds another one",
)
def add_filter(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, transformations: Any) -> None:
    self.delete_filter(filter_name, log_group_name)
    _add_filter(self, filter_name, filter_pattern, log_group_name, transformations)


_QUERIES = "moto has no saved queries"


@fills(LogsResponse, "put_query_definition", service="logs", what="PutQueryDefinition", why=_QUERIES)
def put_query_definition(self: Any) -> str:
    saved = _saved_queries(self)
    identifier = self._get_param("queryDefinitionId")
    if identifier and identifier not in saved:
        raise ResourceNotFoundException(f"The specified query definition {identifier} does not exist.")
    identifier = identifier or str(uuid4())
    names = ("name", "queryString", "queryLanguage", "logGroupNames")
    given = {name: value for name in names if (value := self._get_param(name))}
    saved[identifier] = {"queryLanguage": "CWLI", **given, "queryDefinitionId": identifier}
    return json.dumps({"queryDefinitionId": identifier})


@fills(LogsResponse, "describe_query_definitions", service="logs", what="DescribeQueryDefinitions", why=_QUERIES)
def describe_query_definitions(self: Any) -> str:
    prefix = self._get_param("queryDefinitionNamePrefix") or ""
    found = [each for each in _saved_queries(self).values() if each["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": found})


@fills(LogsResponse, "delete_query_definition", service="logs", what="DeleteQueryDefinition", why=_QUERIES)
def delete_query_definition(self: Any) -> str:
    identifier = self._get_param("queryDefinitionId")
    if _saved_queries(self).pop(identifier, None) is None:
        raise ResourceNotFoundException(f"The specified query definition {identifier} does not exist.")
    return json.dumps({"success": True})


def _saved_queries(response: Any) -> dict[str, dict[str, Any]]:
    saved: dict[str, dict[str, Any]] = vars(response.logs_backend).setdefault("saved_queries", {})
    return saved


def _group(response: Any) -> Any:
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    return group
