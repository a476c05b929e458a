"""Read a pipeline's folder, and convert its definition to a string for Fn::Sub."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mlproject.definition import sources
from mlproject.definition.placeholders import allowed_placeholders, escape, name_hint
from mlproject.errors import UserError
from mlproject.translation import Message, joined

Scalar = str | int | float | bool

DEFINITION_FILE = "definition.json"
LOCK_FILE = "definition.lock.json"
SOURCE_FILE = "pipeline.py"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html
DEFINITION_LIMIT = 1_048_576

_TYPES: Mapping[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (float, int),
    "Boolean": (bool,),
}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A pipeline's committed definition.

    Args:
        folder: the pipeline's folder, such as pipelines/flight_delays.
        document: the parsed definition.json, with its placeholders.
        lock: the parsed lock file of the last build; empty if there is none.
        text_hash: SHA-256 of the current definition.json.
        spark_placeholders: further placeholders, of the cluster or the application that runs Spark steps.
    """

    folder: Path
    document: Mapping[str, Any]
    lock: Mapping[str, Any]
    text_hash: str
    spark_placeholders: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def hash(self) -> str:
        """Hash of the sources of the definition. It is registered with every model."""
        return str(self.lock.get("hash", self.text_hash))

    @property
    def scripts(self) -> tuple[Path, ...]:
        """The scripts in steps/, sorted."""
        return tuple(sorted(self.folder.joinpath("steps").glob("*.py")))

    @property
    def placeholders(self) -> frozenset[str]:
        """The placeholders allowed in this definition."""
        return allowed_placeholders(script.name for script in self.scripts) | self.spark_placeholders

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The pipeline's parameters by name, each with its Type and, if it has one, its DefaultValue."""
        return {parameter["Name"]: parameter for parameter in self.document.get("Parameters", ())}

    @property
    def is_stale(self) -> bool:
        return self.staleness() is not None

    def staleness(self) -> str | None:
        """Return why definition.json is stale and how to update it, as a sentence; None if it is up to date."""
        return self._staleness

    @cached_property
    def _staleness(self) -> str | None:
        message = self.staleness_message()
        return joined("", (str(self.folder / DEFINITION_FILE), " ", message, ".")) if message else None

    def staleness_message(self) -> str | None:
        """Return the sentence of `staleness` without the file name and the final period."""
        if not (self.folder / SOURCE_FILE).is_file():
            return Message(
                "is stale: {file}, which builds it, is missing. Restore it or delete the folder", file=SOURCE_FILE
            )
        reason = self._stale_reason()
        if reason is None:
            return None
        return Message("is stale: {reason}. Run `mlproject pipeline build {name}`", reason=reason, name=self.name)

    def _stale_reason(self) -> str | None:
        if not self.lock:
            return Message("{file} is missing", file=LOCK_FILE)
        if self.lock.get("definition") != self.text_hash:
            return Message("it was edited after it was built")
        now = sources.fingerprint(self.folder / SOURCE_FILE, root=self.folder.parent.parent)
        if self.lock.get("hash") == now["hash"]:
            return None
        if self.lock.get("sdk") != now["sdk"]:
            return Message("the version of the SageMaker SDK changed")
        built, current = self.lock.get("sources", {}), now["sources"]
        changed = sorted(name for name in built.keys() | current.keys() if built.get(name) != current.get(name))
        files = ", ".join(changed)
        return Message("{files} changed", files=files) if changed else Message("{file} was edited", file=LOCK_FILE)


def read_definition(folder: Path) -> Definition:
    """Read the definition in a pipeline's folder.

    Raises:
        UserError: the folder or its definition.json is missing or cannot be read.
    """
    if not folder.is_dir():
        known = pipeline_names(folder.parent)
        raise UserError(f"{folder}: no such pipeline. {name_hint(folder.name, known)}", topic="unknown-name")
    path = folder / DEFINITION_FILE
    data = _read_bytes(path, remedy=f"Run `mlproject pipeline build {folder.name}`")
    lock_path = folder / LOCK_FILE
    lock = _parse(lock_path, lock_path.read_bytes()) if lock_path.is_file() else {}
    return Definition(folder=folder, document=_parse(path, data), lock=lock, text_hash=sources.sha256(data))


def pipeline_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the subfolders that contain a pipeline.py."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{SOURCE_FILE}")))


def default_values(definition: Definition) -> dict[str, Scalar]:
    """Return the default values of a definition's parameters, by name."""
    return {
        name: parameter["DefaultValue"]
        for name, parameter in definition.parameters.items()
        if "DefaultValue" in parameter
    }


def _read_bytes(path: Path, *, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}). {remedy}.", topic="definition-invalid") from error


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except ValueError as error:
        raise UserError(
            f"{path}: is not valid JSON ({error}). Run `mlproject pipeline build {path.parent.name}`.",
            topic="definition-invalid",
        ) from error
    if not isinstance(document, dict):
        raise UserError(
            f"{path}: must contain a JSON object. Run `mlproject pipeline build {path.parent.name}`.",
            topic="definition-invalid",
        )
    return document


def fn_sub_string(definition: Definition, *, parameters: Mapping[str, Scalar]) -> str:
    """Return the definition as compact JSON for Fn::Sub, in which `${!` escapes every `${` that is not a placeholder.

    Args:
        definition: the result of `read_definition`.
        parameters: pipeline parameters whose default value this deployment overrides.

    Raises:
        UserError: a parameter is unknown or has the wrong type, or the definition contains an unknown placeholder.
    """
    document = {**definition.document, "Parameters": _with_defaults(definition, parameters)}
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if len(text) > DEFINITION_LIMIT:
        raise UserError(
            f"{definition.folder}: the definition has {len(text)} characters. The limit is {DEFINITION_LIMIT}."
        )
    return escape(text, allowed=definition.placeholders, where=str(definition.folder / DEFINITION_FILE))


def _with_defaults(definition: Definition, values: Mapping[str, Scalar]) -> list[dict[str, Any]]:
    known = definition.parameters
    for name in values:
        if name not in known:
            raise UserError(
                f"{definition.folder}: the pipeline has no parameter {name}. {name_hint(name, known)}",
                topic="pipeline-parameters",
            )
    return [
        {**parameter, "DefaultValue": parameter_value(parameter, values[name])} if name in values else dict(parameter)
        for name, parameter in known.items()
    ]


def parameter_value(parameter: Mapping[str, Any], value: Scalar) -> Scalar:
    """Validate a value of a pipeline parameter against its type and enumeration, and return it as that type.

    Args:
        parameter: an item of the definition's Parameters.
        value: the value to validate.

    Raises:
        UserError: the value is not valid.
    """
    name, kind = parameter["Name"], parameter["Type"]
    has_type = isinstance(value, _TYPES[kind]) and (isinstance(value, bool) == (kind == "Boolean"))
    if not has_type:
        raise UserError(f"pipeline parameter {name}: {value!r} is not of type {kind}.", topic="pipeline-parameters")
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(
            f"pipeline parameter {name}: {value!r} is not a finite number, as JSON requires.",
            topic="pipeline-parameters",
        )
    if isinstance(value, str) and "${" in value:
        raise UserError(
            f"pipeline parameter {name}: {value!r} contains a placeholder, which parameter values cannot.",
            topic="pipeline-parameters",
        )
    allowed = parameter.get("EnumValues")
    if allowed and value not in allowed:
        raise UserError(
            f"pipeline parameter {name}: {value!r} is not one of {', '.join(map(str, allowed))}.",
            topic="pipeline-parameters",
        )
    return float(value) if kind == "Float" else value
