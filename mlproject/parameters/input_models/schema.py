"""JSON schemas of both YAML files, with which an editor completes, explains and checks what is typed.

They are committed under schemas/; `mlproject check --write-schemas` writes them anew. An editor sees one file at a
time: what depends on another file, or on two values at once, only `mlproject check` finds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.files import WrittenEnvironment, WrittenProject
from mlproject.parameters.input_models.layers import REPLACED_WHOLE

Schema = dict[str, Any]


def render() -> Mapping[str, str]:
    """Path from the project's root to the text of each schema."""
    name = {
        "description": "The project's name. Allowed: the folder's name (lower-case letters, digits, single hyphens).",
        "type": "string",
        "pattern": f"^{constraints.PROJECT_NAME}$",
    }
    environments = _file_schema(WrittenEnvironment, "environments.yaml: what the platform team owns.", apart={})
    project = _file_schema(WrittenProject, "project.yaml: what a project's team owns.", apart={"name": name})
    return {
        "schemas/environments.schema.json": json.dumps(environments, indent=2) + "\n",
        "schemas/project.schema.json": json.dumps(project, indent=2) + "\n",
    }


def _file_schema(model: type[BaseModel], title: str, *, apart: Mapping[str, Schema]) -> Schema:
    """A file with common values at the top and what differs below `environments`."""
    generated = model.model_json_schema()
    values = _partial(_readable(generated, generated.get("$defs", {})))
    override = {**values, "description": "What differs in this environment; null removes a common value."}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [*apart, "environments"],
        "properties": {
            **apart,
            **values["properties"],
            "environments": {
                "description": "The environments, each with what differs there from the values above ({} for nothing).",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": f"^{constraints.ENVIRONMENT_NAME}$"},
                "additionalProperties": _nullable(override),
            },
        },
    }


def _readable(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Pydantic's schema without references and made-up titles; what is allowed becomes part of the description."""
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
    """The same mapping where nothing must be written and null removes; what is replaced as a whole stays whole."""
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
    """The same schema that takes null too."""
    result = dict(schema)
    if isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    if "anyOf" in result and {"type": "null"} not in result["anyOf"]:
        result["anyOf"] = [*result["anyOf"], {"type": "null"}]
    return result
