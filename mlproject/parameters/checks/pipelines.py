"""Validate a project's pipeline: its folder, and the names and types of its parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlproject.parameters.findings import Finding, closest_match, join_names
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-parameters.html
_TYPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "String": (lambda value: isinstance(value, str), "text, in quotes if it looks like a number or a boolean"),
    "Integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    "Float": (_is_number, "a number"),
    "Boolean": (lambda value: isinstance(value, bool), "true or false"),
}


class PipelineFolders:
    """The pipelines and the parameters that their definitions declare. Each definition is read once.

    Args:
        folder: the path of pipelines/.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = tuple(
            sorted(
                {path.parent.name for name in ("pipeline.py", "definition.json") for path in folder.glob(f"*/{name}")}
            )
        )
        self._read: dict[str, tuple[Mapping[str, Mapping[str, Any]], str]] = {}

    def check(self, pipeline: Located | None) -> list[Finding]:
        """Return the errors in a project's pipeline: its folder, and the names and types of its parameters.

        Args:
            pipeline: the value of `pipeline`, as written.
        """
        folder = pipeline.at("folder") if pipeline is not None else None
        if pipeline is None or folder is None or not isinstance(folder.value, str):
            return []
        if folder.value not in self._names and self._folder.joinpath(folder.value).is_dir():
            message = Message(
                "pipelines/{folder} contains neither pipeline.py nor definition.json. Write pipeline.py",
                folder=folder.value,
            )
            return [
                folder.finding(
                    Message(
                        "{message}, and run `mlproject pipeline build {folder}`", message=message, folder=folder.value
                    )
                )
            ]
        if folder.value not in self._names:
            message = Message("pipelines/{folder} does not exist", folder=folder.value)
            suggestion = closest_match(folder.value, self._names)
            return [folder.finding(message, allowed=join_names(self._names), suggestion=suggestion)]
        if folder.value not in self._read:
            self._read[folder.value] = _parameters(self._folder / folder.value / "definition.json")
        parameters, problem = self._read[folder.value]
        if problem:
            return [
                folder.finding(
                    Message(
                        "pipelines/{folder}/definition.json {problem}. Run `mlproject pipeline build`",
                        folder=folder.value,
                        problem=problem,
                    )
                )
            ]
        values = pipeline.at("parameters")
        items = values.mapping.items() if values is not None else ()
        return [finding for name, value in items for finding in _check_value(name, value, parameters)]


def _parameters(path: Path) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    """Return the parameters of a definition by name, and the error in the file; empty if it has none."""
    try:
        document = json.loads(path.read_bytes())
        return {str(parameter["Name"]): parameter for parameter in document["Parameters"]}, ""
    except FileNotFoundError:
        return {}, "does not exist"
    except OSError as error:
        return {}, f"cannot be read ({error.strerror or error})"
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}, "is not a pipeline definition"


def _check_value(name: str, value: Located, parameters: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return the errors in one parameter: its name, type and allowed values."""
    parameter = parameters.get(name)
    if parameter is None:
        message = Message("the pipeline has no such parameter")
        return [value.finding(message, allowed=join_names(parameters), suggestion=closest_match(name, parameters))]
    if not isinstance(value.value, str | int | float | bool):
        return []
    fits, allowed = _TYPES.get(str(parameter.get("Type")), (lambda _: True, ""))
    if not fits(value.value):
        return [
            value.finding(
                Message(
                    "{value} is not a valid value for a parameter of type {type}",
                    value=value.raw,
                    type=parameter["Type"],
                ),
                allowed=allowed,
            )
        ]
    choices = parameter.get("EnumValues")
    if choices and value.value not in choices:
        names = [str(choice) for choice in choices]
        suggestion = closest_match(str(value.value), names)
        return [
            value.finding(
                Message("{value} is not one of the allowed values", value=value.raw),
                allowed=join_names(names),
                suggestion=suggestion,
            )
        ]
    return []
