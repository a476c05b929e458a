"""Read a JSON file of the repository, with the same error messages as the parameter files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlproject.parameters.findings import Finding, ParametersError
from mlproject.parameters.input_models.validation_errors import Model, validate
from mlproject.parameters.yaml_files.file import parse_yaml
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message


def read_json(path: Path, model: type[Model], *, root: Path) -> Model:
    """Read a JSON file and validate it.

    Args:
        path: the file.
        model: the expected type of its content.
        root: the repository root; paths in messages are relative to it.

    Raises:
        ParametersError: the file cannot be read or has errors; reports every error.
    """
    file = _relative(path, root)
    text = _text(path, file)
    content = _parse(text, file)
    try:
        # Fast, since a data set may have thousands of files. Only an error needs the lines.
        return model.model_validate_json(json.dumps(content))
    except ValidationError:
        findings: list[Finding] = []
        validate(model, _locate(text, file), findings=findings, file_level_keys=())
        raise ParametersError(findings) from None


def locate_json(path: Path, *, root: Path) -> Located:
    """Read the values of a JSON file with their lines, for checks that its model cannot make.

    Args:
        path: the file.
        root: the repository root; paths in messages are relative to it.

    Raises:
        ParametersError: the file cannot be read.
    """
    file = _relative(path, root)
    return _locate(_text(path, file), file)


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _locate(text: str, file: str) -> Located:
    findings: list[Finding] = []
    # JSON is YAML, except for tabs, which are not allowed within JSON strings.
    tree = parse_yaml(text.expandtabs(1), file=file, findings=findings)
    if tree is None:
        raise ParametersError(findings)
    return tree


def _text(path: Path, file: str) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        message = Message("does not exist. Create it")
    except OSError as error:
        message = Message("cannot be read ({error}). Check the file and its permissions", error=error.strerror or error)
    except UnicodeDecodeError:
        message = Message("is not UTF-8 text. Save it as UTF-8")
    raise ParametersError([Finding(file=file, line=None, key="", message=message)])


def _parse(text: str, file: str) -> dict[str, Any]:
    line: int | None = 1
    try:
        content = json.loads(text)
        if isinstance(content, dict):
            return content
        message: str = Message('contains no JSON object. Write `{"key": value}`')
    except json.JSONDecodeError as error:
        line = error.lineno
        message = Message(
            "is not valid JSON ({problem}). Check commas and quotes here and in the line above", problem=error.msg
        )
    except RecursionError:
        line, message = None, "is nested too deeply"
    raise ParametersError([Finding(file=file, line=line, key="", message=message)])
