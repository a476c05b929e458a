"""Reading a pipeline's folder, and turning its definition into what Fn::Sub fills."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mlproject.definition import sources
from mlproject.definition.placeholders import allowed_placeholders, escape, nearest
from mlproject.errors import UserError

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
        document: the parsed definition.json, placeholders included.
        lock: what the last build recorded; empty if there is no record.
        text_hash: SHA-256 of definition.json as it is now.
    """

    folder: Path
    document: Mapping[str, Any]
    lock: Mapping[str, Any]
    text_hash: str

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def hash(self) -> str:
        """The hash of what the definition was built from; it is registered with every model."""
        return str(self.lock.get("hash", self.text_hash))

    @property
    def scripts(self) -> tuple[Path, ...]:
        """The scripts in steps/, sorted."""
        return tuple(sorted(self.folder.joinpath("steps").glob("*.py")))

    @property
    def placeholders(self) -> frozenset[str]:
        """The closed list for this folder."""
        return allowed_placeholders(script.name for script in self.scripts)

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The pipeline's parameters by name, each with Type and, mostly, DefaultValue."""
        return {parameter["Name"]: parameter for parameter in self.document.get("Parameters", ())}

    @property
    def is_stale(self) -> bool:
        return self.staleness() is not None

    def staleness(self) -> str | None:
        """Why definition.json is not what pipeline.py builds, as a sentence that names the cure; None if it is."""
        return self._staleness

    @cached_property
    def _staleness(self) -> str | None:
        complaint = self.complaint()
        return f"{self.folder / DEFINITION_FILE} {complaint}." if complaint else None

    def complaint(self) -> str | None:
        """The sentence of `staleness` without the file's name and the full stop."""
        if not (self.folder / SOURCE_FILE).is_file():
            return f"is stale: there is no {SOURCE_FILE} beside it that builds it; bring it back or remove the folder"
        reason = self._stale_reason()
        return f"is stale: {reason}; run `mlproject pipeline build {self.name}`" if reason else None

    def _stale_reason(self) -> str | None:
        if not self.lock:
            return f"there is no {LOCK_FILE} beside it"
        if self.lock.get("definition") != self.text_hash:
            return "it was changed by hand after it was built"
        now = sources.fingerprint(self.folder / SOURCE_FILE, root=self.folder.parent.parent)
        if self.lock.get("hash") == now["hash"]:
            return None
        if self.lock.get("sdk") != now["sdk"]:
            return "the SageMaker SDK's version changed"
        built, current = self.lock.get("sources", {}), now["sources"]
        changed = sorted(name for name in built.keys() | current.keys() if built.get(name) != current.get(name))
        return f"{', '.join(changed)} changed" if changed else f"{LOCK_FILE} was changed by hand"


def read(folder: Path) -> Definition:
    """Read a pipeline's folder.

    Raises:
        UserError: the folder or its definition.json is missing or cannot be read; names the nearest folder.
    """
    if not folder.is_dir():
        known = pipeline_names(folder.parent)
        raise UserError(f"{folder}: there is no such pipeline; {nearest(folder.name, known)}")
    path = folder / DEFINITION_FILE
    data = _read_bytes(path, cure=f"run `mlproject pipeline build {folder.name}`")
    lock_path = folder / LOCK_FILE
    lock = _parse(lock_path, lock_path.read_bytes()) if lock_path.is_file() else {}
    return Definition(folder=folder, document=_parse(path, data), lock=lock, text_hash=sources.sha256(data))


def pipeline_names(folder: Path) -> tuple[str, ...]:
    """The names of the pipelines in a folder: the sub-folders with a pipeline.py."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{SOURCE_FILE}")))


def _read_bytes(path: Path, *, cure: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); {cure}.") from error


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except ValueError as error:
        raise UserError(f"{path}: is no JSON ({error}); run `mlproject pipeline build {path.parent.name}`.") from error
    if not isinstance(document, dict):
        raise UserError(f"{path}: must hold a JSON object; run `mlproject pipeline build {path.parent.name}`.")
    return document


def substitution(definition: Definition, *, parameters: Mapping[str, Scalar]) -> str:
    """The compact JSON text for Fn::Sub: `${Name}` for the closed list, `${!` for every other `${`.

    Args:
        definition: what `read` returned.
        parameters: pipeline parameters whose default this deployment changes.

    Raises:
        UserError: a parameter is unknown or of another type, or the text holds an unknown placeholder.
    """
    document = {**definition.document, "Parameters": _with_defaults(definition, parameters)}
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if len(text) > DEFINITION_LIMIT:
        raise UserError(
            f"{definition.folder}: the definition has {len(text)} characters, {DEFINITION_LIMIT} are allowed."
        )
    return escape(text, allowed=definition.placeholders, where=str(definition.folder / DEFINITION_FILE))


def _with_defaults(definition: Definition, values: Mapping[str, Scalar]) -> list[dict[str, Any]]:
    known = definition.parameters
    for name in values:
        if name not in known:
            raise UserError(f"{definition.folder}: the pipeline has no parameter {name}; {nearest(name, known)}")
    return [
        {**parameter, "DefaultValue": parameter_value(parameter, values[name])} if name in values else dict(parameter)
        for name, parameter in known.items()
    ]


def parameter_value(parameter: Mapping[str, Any], value: Scalar) -> Scalar:
    """A value for a pipeline parameter, checked against its type and its enumeration.

    Args:
        parameter: an item of the definition's Parameters.
        value: what a project or a person gives.

    Raises:
        UserError: the value does not fit.
    """
    name, kind = parameter["Name"], parameter["Type"]
    fits = isinstance(value, _TYPES[kind]) and (isinstance(value, bool) == (kind == "Boolean"))
    if not fits:
        raise UserError(f"pipeline parameter {name}: {value!r} is no {kind}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"pipeline parameter {name}: {value!r} is no finite number, and JSON carries no other.")
    if isinstance(value, str) and "${" in value:
        raise UserError(f"pipeline parameter {name}: {value!r} holds a placeholder; a parameter is a plain value.")
    allowed = parameter.get("EnumValues")
    if allowed and value not in allowed:
        raise UserError(f"pipeline parameter {name}: {value!r} is none of {', '.join(map(str, allowed))}.")
    return float(value) if kind == "Float" else value
