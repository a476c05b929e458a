"""One file's common values and what each environment overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel

from mlproject.parameters.finding import MISSING, Finding
from mlproject.parameters.input_models.validation_errors import Model, validate
from mlproject.parameters.yaml_files.located import Located, child_key, merge, without_nulls

# A network is one decision: half of the common one and half of an environment's would be neither.
REPLACED_WHOLE = frozenset({"network"})


@dataclass(frozen=True, kw_only=True)
class Layers:
    """A file of parameters.

    Args:
        file: the whole file.
        common: the top level's values without the keys that are not values (`name`, `environments`).
        overrides: what each environment overrides, in the file's order.
    """

    file: Located
    common: Located
    overrides: Mapping[str, Located]

    def merged(self, environment: str) -> Located:
        """The values of one environment, nulls dropped."""
        return without_nulls(merge(self.common, self.overrides[environment], whole=REPLACED_WHOLE))


def split(file: Located, *, apart: frozenset[str], findings: list[Finding]) -> Layers:
    """Separate a file's common values from its environments.

    Args:
        file: the whole file.
        apart: top-level keys that are no values; `environments` among them.
        findings: receives each mistake.
    """
    common = replace(file, value={name: item for name, item in file.mapping.items() if name not in apart})
    environments = file.at("environments")
    if environments is None or environments.value is None:
        findings.append(_no_environments(file.file, file.line, MISSING))
        return Layers(file=file, common=common, overrides={})
    if not environments.mapping:
        findings.append(_no_environments(environments.file, environments.line, "names no environment"))
    overrides: dict[str, Located] = {}
    for name, override in environments.mapping.items():
        if override.value is not None and not isinstance(override.value, Mapping):
            allowed = "keys that differ from the common ones, or {}"
            findings.append(override.finding(f"{override.raw} is not allowed", allowed=allowed))
        overrides[name] = replace(override, value=override.mapping)
    return Layers(file=file, common=common, overrides=overrides)


def _no_environments(file: str, line: int, message: str) -> Finding:
    return Finding(
        file=file,
        line=line,
        key="environments",
        message=message,
        allowed="a mapping from environment to what differs there, such as `environments: {dev: {}}`",
    )


def validate_layers(
    layers: Layers, model: type[Model], *, apart: frozenset[str], findings: list[Finding]
) -> dict[str, Model]:
    """Read a file's values into a model for every environment; those with mistakes are left out.

    The common values are read by themselves too: what every environment overrides can be wrong as well.
    """
    validate(model, without_nulls(layers.common), findings=findings, top_level=apart, partial=True)
    nowhere = _missing_everywhere(layers, model, apart=apart)
    findings.extend(nowhere)
    values: dict[str, Model] = {}
    for environment in layers.overrides:
        found: list[Finding] = []
        result = validate(model, layers.merged(environment), findings=found, top_level=apart)
        repeated = {child_key(f"environments.{environment}", finding.key) for finding in nowhere}
        findings.extend(finding for finding in found if finding.key not in repeated)
        if result is not None:
            values[environment] = result
    return values


def _missing_everywhere(layers: Layers, model: type[BaseModel], *, apart: frozenset[str]) -> list[Finding]:
    """A finding for each key that must be there and stands neither at the top nor in any environment."""
    places = (layers.common, *layers.overrides.values())
    written = {name for place in places for name, item in place.mapping.items() if item.value is not None}
    wanted: list[Finding] = []
    validate(model, replace(layers.file, value={}), findings=wanted, top_level=apart)
    return [finding for finding in wanted if finding.key not in written]
