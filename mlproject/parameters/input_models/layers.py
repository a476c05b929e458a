"""The common values of a parameter file, and the overrides of each environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel

from mlproject.parameters.findings import MISSING, Finding
from mlproject.parameters.input_models.validation_errors import Model, validate
from mlproject.parameters.yaml_files.located import Located, child_key, merge, without_nulls
from mlproject.translation import Message

# The keys of a network belong together: merging two networks key by key would give a third that nobody wrote.
REPLACED_WHOLE = frozenset({"network"})


@dataclass(frozen=True, kw_only=True)
class Layers:
    """A parameter file, split into common values and overrides.

    Args:
        file: the whole file.
        common: the top-level values without the file-level keys (`name`, `environments`).
        overrides: the overrides of each environment, in the order of the file.
    """

    file: Located
    common: Located
    overrides: Mapping[str, Located]

    def merged(self, environment: str) -> Located:
        """Return the values of one environment, without nulls."""
        return without_nulls(merge(self.common, self.overrides[environment], whole=REPLACED_WHOLE))


def split_layers(file: Located, *, file_level_keys: frozenset[str], findings: list[Finding]) -> Layers:
    """Split a file into its common values and the overrides of its environments.

    Args:
        file: the whole file.
        file_level_keys: file-level keys, which no environment overrides; includes `environments`.
        findings: receives each error.
    """
    common = replace(file, value={name: item for name, item in file.mapping.items() if name not in file_level_keys})
    environments = file.at("environments")
    if environments is None or environments.value is None:
        findings.append(_no_environments(file.file, file.line, MISSING))
        return Layers(file=file, common=common, overrides={})
    if not environments.mapping:
        findings.append(_no_environments(environments.file, environments.line, "lists no environment"))
    overrides: dict[str, Located] = {}
    for name, override in environments.mapping.items():
        if override.value is not None and not isinstance(override.value, Mapping):
            allowed = Message("a mapping of overrides, or {}")
            findings.append(
                override.finding(Message("{override} is not allowed", override=override.raw), allowed=allowed)
            )
        overrides[name] = replace(override, value=override.mapping)
    return Layers(file=file, common=common, overrides=overrides)


def _no_environments(file: str, line: int, message: str) -> Finding:
    return Finding(
        file=file,
        line=line,
        key="environments",
        message=message,
        allowed=Message("a mapping from environment name to overrides, such as `environments: {dev: {}}`"),
    )


def validate_layers(
    layers: Layers, model: type[Model], *, file_level_keys: frozenset[str], findings: list[Finding]
) -> dict[str, Model]:
    """Validate a file's values for every environment, and return the valid ones by environment.

    The common values are also validated on their own, to find errors in values that every environment overrides.
    """
    validate(model, without_nulls(layers.common), findings=findings, file_level_keys=file_level_keys, partial=True)
    missing = _missing_everywhere(layers, model, file_level_keys=file_level_keys)
    findings.extend(missing)
    values: dict[str, Model] = {}
    for environment in layers.overrides:
        found: list[Finding] = []
        result = validate(model, layers.merged(environment), findings=found, file_level_keys=file_level_keys)
        repeated = {child_key(f"environments.{environment}", finding.key) for finding in missing}
        findings.extend(finding for finding in found if finding.key not in repeated)
        if result is not None:
            values[environment] = result
    return values


def _missing_everywhere(layers: Layers, model: type[BaseModel], *, file_level_keys: frozenset[str]) -> list[Finding]:
    """Return a finding for each required key that is missing from the common values and from every environment."""
    places = (layers.common, *layers.overrides.values())
    written = {name for place in places for name, item in place.mapping.items() if item.value is not None}
    required: list[Finding] = []
    validate(model, replace(layers.file, value={}), findings=required, file_level_keys=file_level_keys)
    return [finding for finding in required if finding.key not in written]
