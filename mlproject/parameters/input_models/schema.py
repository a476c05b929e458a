"""JSON schemas of both YAML files, for completion, documentation and validation in editors.

They are committed under schemas/; `mlproject check --write-schemas` regenerates them. An editor validates one file and
one value at a time. Only `mlproject check` finds errors across files or values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.files import EnvironmentInput, ProjectInput
from mlproject.parameters.input_models.gitlab import GitLab
from mlproject.parameters.input_models.layers import REPLACED_WHOLE

Schema = dict[str, Any]


def render() -> Mapping[str, str]:
    """Return the text of each schema by its path relative to the repository root."""
    name = {
        "description": "The project name. Allowed: the folder's name (lower-case letters, digits, single hyphens).",
        "type": "string",
        "pattern": f"^{constraints.PROJECT_NAME}$",
    }
    environments = _file_schema(
        EnvironmentInput,
        "environments.yaml: parameters owned by the platform team.",
        file_level_properties={},
        optional={"gitlab": {**_model_schema(GitLab), "default": None}},
    )
    project = _file_schema(
        ProjectInput, "project.yaml: parameters owned by a project's team.", file_level_properties={"name": name}
    )
    return {
        "schemas/environments.schema.json": json.dumps(environments, indent=2) + "\n",
        "schemas/project.schema.json": json.dumps(project, indent=2) + "\n",
    }


def _model_schema(model: type[BaseModel]) -> Schema:
    """Return the schema of a file-level key, or null."""
    generated = model.model_json_schema()
    return _nullable(_readable(generated, generated.get("$defs", {})))


def _file_schema(
    model: type[BaseModel],
    title: str,
    *,
    file_level_properties: Mapping[str, Schema],
    optional: Mapping[str, Schema] = MappingProxyType({}),
) -> Schema:
    """Return the schema of a file: common values at the top level, overrides below `environments`.

    Args:
        model: the values.
        title: of the file.
        file_level_properties: required keys that no environment overrides.
        optional: optional keys that no environment overrides.
    """
    generated = model.model_json_schema()
    values = _partial(_readable(generated, generated.get("$defs", {})))
    override = {**values, "description": "Overrides for this environment; null removes a common value."}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [*file_level_properties, "environments"],
        "properties": {
            **file_level_properties,
            **values["properties"],
            **optional,
            "environments": {
                "description": "The environments, each with its overrides of the values above ({} for none).",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": f"^{constraints.ENVIRONMENT_NAME}$"},
                "additionalProperties": _nullable(override),
            },
        },
    }


def _readable(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Inline references, drop generated titles, and append the allowed values to the descriptions."""
    merged = {**definitions[schema["$ref"].rpartition("/")[2]], **schema} if "$ref" in schema else schema
    result: Schema = {}
    for name, value in merged.items():
        if name in ("$ref", "$defs", "title", "allowed"):
            continue
        if name == "properties":
            result[name] = {key: _readable(item, definitions) for key, item in value.items()}
        elif isinstance(value, dict) and name != "default":
            result[name] = _readable(value, definitions)
        elif name == "anyOf":
            result[name] = [_readable(item, definitions) for item in value]
        else:
            result[name] = value
    if "allowed" in merged:
        result["description"] = f"{merged['description']} Allowed: {merged['allowed']}."
    return result


def _partial(schema: Schema) -> Schema:
    """Return the schema with every key optional and nullable, except inside keys that are replaced as a whole."""
    if isinstance(schema.get("additionalProperties"), dict):
        return {**schema, "additionalProperties": _nullable(_partial(schema["additionalProperties"]))}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_partial(choice) for choice in schema["anyOf"]]}
    if "properties" not in schema:
        return schema
    properties = {
        name: _nullable(item if name in REPLACED_WHOLE else _partial(item))
        for name, item in schema["properties"].items()
    }
    return {name: value for name, value in schema.items() if name != "required"} | {"properties": properties}


def _nullable(schema: Schema) -> Schema:
    """Return the schema with null allowed."""
    result = dict(schema)
    if isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    if "anyOf" in result and {"type": "null"} not in result["anyOf"]:
        result["anyOf"] = [*result["anyOf"], {"type": "null"}]
    return result
