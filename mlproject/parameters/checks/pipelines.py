"""What a project may say about the pipeline that it deploys: the folder and the parameters of its definition."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlproject.parameters.finding import Finding, listing, nearest
from mlproject.parameters.yaml_files.located import Located


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-parameters.html
_TYPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "String": (lambda value: isinstance(value, str), "a text, in quotes if it looks like a number or true or false"),
    "Integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    "Float": (_is_number, "a number"),
    "Boolean": (lambda value: isinstance(value, bool), "true or false"),
}


class PipelineFolders:
    """The folders of pipelines/ and the parameters that their definitions take; each is read once.

    Args:
        folder: the folder pipelines/.
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
        """What is wrong with a project's pipeline: its folder, the names and types of its parameters.

        Args:
            pipeline: the value of `pipeline`, as written.
        """
        folder = pipeline.at("folder") if pipeline is not None else None
        if pipeline is None or folder is None or not isinstance(folder.value, str):
            return []
        if folder.value not in self._names:
            message = f"there is no pipelines/{folder.value}"
            near = nearest(folder.value, self._names)
            return [folder.finding(message, allowed=listing(self._names), suggestion=near)]
        if folder.value not in self._read:
            self._read[folder.value] = _parameters(self._folder / folder.value / "definition.json")
        parameters, problem = self._read[folder.value]
        if problem:
            return [
                folder.finding(f"pipelines/{folder.value}/definition.json {problem}; run `mlproject pipeline build`")
            ]
        given = pipeline.at("parameters")
        written = given.mapping if given is not None else {}
        return [found for name, value in written.items() for found in _check_value(name, value, parameters)]


def _parameters(path: Path) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    """The parameters of a definition by name, and what is wrong with the file."""
    try:
        document = json.loads(path.read_bytes())
        return {str(parameter["Name"]): parameter for parameter in document["Parameters"]}, ""
    except FileNotFoundError:
        return {}, "does not exist"
    except OSError as error:
        return {}, f"cannot be read ({error.strerror or error})"
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}, "is no pipeline definition"


def _check_value(name: str, value: Located, parameters: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """One parameter's name, type and choice."""
    parameter = parameters.get(name)
    if parameter is None:
        message = "the pipeline has no such parameter"
        return [value.finding(message, allowed=listing(parameters), suggestion=nearest(name, parameters))]
    if not isinstance(value.value, str | int | float | bool):
        return []
    fits, allowed = _TYPES.get(str(parameter.get("Type")), (lambda _: True, ""))
    if not fits(value.value):
        return [value.finding(f"{value.raw} does not suit a parameter of type {parameter['Type']}", allowed=allowed)]
    choices = parameter.get("EnumValues")
    if choices and value.value not in choices:
        names = [str(choice) for choice in choices]
        suggestion = nearest(str(value.value), names)
        return [value.finding(f"{value.raw} is not among the choices", allowed=listing(names), suggestion=suggestion)]
    return []
