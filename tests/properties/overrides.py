"""Strategies for what an environment overrides in a project.yaml."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mlproject.parameters.checks.projects import CONTENTS
from mlproject.parameters.input_models.files import ProjectInput
from mlproject.parameters.input_models.operations import Operations
from mlproject.parameters.model import Pipeline, Storage
from tests.properties.model_values import key_of

Document = dict[str, Any]


def override_of(common: Document) -> st.SearchStrategy[Document]:
    """Return a strategy for an override that leaves the project valid: often nothing.

    Args:
        common: the keys that all environments have in common.
    """
    choices: list[st.SearchStrategy[Document]] = [
        st.just({}),
        st.just({}),
        _partly(ProjectInput, "owner", "cost_centre"),
        _partly(Storage, *Storage.model_fields).map(lambda storage: {"storage": storage}),
    ]
    choices += [st.just({"tags": {name: None}}) for name in common.get("tags", {})]
    choices += [st.just({key: None}) for key in _removable(common)]
    if "pipeline" in common:
        choices.append(_partly(Pipeline, "parallel_steps").map(lambda pipeline: {"pipeline": pipeline}))
    if "operations" in common:
        budget = {"monthly_budget_usd"} & set(common["operations"])
        choices.append(_partly(Operations, "emails", *budget).map(lambda each: {"operations": each}))
    for name in common.get("notebooks", {}):
        choices.append(st.integers(5, 500).map(lambda size, name=name: {"notebooks": {name: {"volume_gb": size}}}))  # type: ignore[misc]
    return st.one_of(choices)


def _partly(model: type[ProjectInput | Storage | Pipeline | Operations], *keys: str) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional={key: key_of(model, key) for key in keys})


def _removable(common: Document) -> list[str]:
    """Return the sections that no other one needs, and without which the project still has something to deploy."""
    clusters = {each.get("cluster") for each in common.get("notebooks", {}).values()}
    is_spark = common.get("pipeline", {}).get("engine") == "spark"
    scheduled = "schedule" in common.get("operations", {})
    contents = [key for key in CONTENTS if key in common]
    needed = {
        "pipeline": scheduled or "serving" in common,
        "emr": is_spark or clusters != {None},
        "emr_serverless": is_spark or clusters != {None},
        "notebooks": False,
    }
    found = [key for key in contents if len(contents) > 1 and not needed[key]]
    return [*found, *(key for key in ("operations", "serving", "existing_data") if key in common)]
