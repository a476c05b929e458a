"""Stand-ins for steps that only AWS can run: their outputs are recorded in a file, and nothing is executed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.definition import own_arguments, references, steps_of
from mlproject.definition.local_steps import (
    CHECK_TYPES,
    OUTPUTS,
    STAND_IN_PROPERTIES,
    declared_outputs,
    stand_in_example,
)
from mlproject.definition.placeholders import name_hint
from mlproject.errors import UserError
from mlproject.runner.references import look_up, split_step

# Properties by step name.
StandIns = Mapping[str, Mapping[str, Any]]
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
}


def read_stand_in(step: str, path: Path) -> Mapping[str, Any]:
    """Read the properties of a stand-in.

    Raises:
        UserError: the file does not exist or is not a JSON object.
    """
    where = f"--stand-in {step}={path}"
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"{where}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise UserError(f"{where}: is not valid JSON ({error}).") from error
    if not isinstance(content, dict):
        raise UserError(f"{where}: must be a JSON object with the properties of the step.")
    return content


def stand_in_needed(step: Mapping[str, Any]) -> str:
    """Return the sentence that refuses a step without a stand-in."""
    name, kind = step["Name"], step["Type"]
    article = "an" if kind[0] in "AE" else "a"
    return (
        f"step {name}: {article} {kind} step runs only in AWS. To use recorded outputs instead, add "
        f"--stand-in {name}=FILE.json with {json.dumps(stand_in_example(step))}."
    )


def check_stand_ins(document: Mapping[str, Any], stand_ins: StandIns) -> None:
    """Raise for stand-ins that do not fit a definition.

    Args:
        document: the parsed definition.
        stand_ins: properties by step name.

    Raises:
        UserError: one line per error: unknown step, a step that runs here, unknown or missing properties, wrong types.
    """
    steps = {step["Name"]: step for step in steps_of(document)}
    findings: list[str] = []
    for name, properties in stand_ins.items():
        where = f"--stand-in {name}"
        if name not in steps:
            replaceable = [each for each, step in steps.items() if step["Type"] in STAND_IN_PROPERTIES]
            findings.append(f"{where}: the definition has no such step. {name_hint(name, replaceable)}")
        elif steps[name]["Type"] not in STAND_IN_PROPERTIES:
            kinds = ", ".join(STAND_IN_PROPERTIES)
            findings.append(f"{where}: a {steps[name]['Type']} step cannot have a stand-in; supported: {kinds}.")
        else:
            own = list(_property_findings(steps[name], properties))
            own = own or list(_reference_findings(name, properties, steps.values()))
            findings += [f"{where}: {finding}" for finding in own]
    if findings:
        raise UserError("\n".join(findings))


def _property_findings(step: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[str]:
    allowed = STAND_IN_PROPERTIES[step["Type"]]
    for key, value in properties.items():
        if key not in allowed:
            yield f"{key!r} is not a property of a {step['Type']} step. {name_hint(key, allowed)}"
        elif key == OUTPUTS:
            yield from _output_findings(step, value)
        elif step["Type"] in CHECK_TYPES and not (isinstance(value, str) and value.startswith("s3://")):
            yield f"{key} must be an S3 URI."
    if OUTPUTS in allowed and OUTPUTS not in properties and declared_outputs(step):
        yield f"{OUTPUTS} is missing: {', '.join(declared_outputs(step))}."


def _output_findings(step: Mapping[str, Any], values: Any) -> Iterator[str]:
    declared = declared_outputs(step)
    if not isinstance(values, dict):
        yield f"{OUTPUTS} must be an object with a value for each output."
        return
    for name in values:
        if name not in declared:
            yield f"the step has no output {name!r}. {name_hint(name, declared)}"
    for name, kind in declared.items():
        if name not in values:
            yield f"output {name} ({kind}) is missing."
        elif not _is_of_type(values[name], kind):
            yield f"output {name}={json.dumps(values[name])} must be of type {kind}."


def _reference_findings(name: str, properties: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the properties that other steps use and the stand-in lacks."""
    for step in steps:
        for reference in dict.fromkeys(references(own_arguments(step))):
            kind, _, rest = reference.partition(".")
            used, path = split_step(rest)
            if kind == "Steps" and used == name:
                try:
                    look_up(properties, path, of=name)
                except UserError:
                    yield f"{path.removeprefix('.')} is missing, which step {step['Name']} uses."


def _is_of_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "Boolean"
    return isinstance(value, _PYTHON_TYPES.get(kind, (str,)))
