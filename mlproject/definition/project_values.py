"""The values that projects give to their pipelines' parameters, against what AWS allows where steps use them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlproject.definition.document import Definition, Scalar
from mlproject.definition.graph import own_arguments, references, steps_of
from mlproject.definition.parameter_uses import RefusedValue, refused_values
from mlproject.parameters import Finding
from mlproject.parameters.input_models.located_values import LocatedDeployment


def value_findings(written: Iterable[LocatedDeployment], definitions: Mapping[str, Definition]) -> Iterator[Finding]:
    """What AWS would refuse, at the line where the project says it.

    Args:
        written: the deployments.
        definitions: folder to definition; deployments of other folders are passed over.
    """
    for each in written:
        definition = definitions.get(each.deployment.pipeline.folder)
        if definition is None:
            continue
        for refused in refused_parameters(definition, each.deployment.pipeline.parameters):
            place = each.place("pipeline", "parameters", refused.parameter)
            yield place.finding(refused.reason, suggestion=refused.suggestion)
        yield from _missing_values(each, definition)


def refused_parameters(definition: Definition, given: Mapping[str, Scalar]) -> list[RefusedValue]:
    """The values that a project gives and AWS would refuse; a default is the definition's own, and is found there.

    Args:
        definition: the pipeline's.
        given: the project's values by parameter.
    """
    arguments = (own_arguments(step) for step in steps_of(definition.document) if step["Type"] != "Condition")
    used = {name for each in arguments for name in references(each)}
    # AWS's model takes a moment to load, for a synthesis too: not for a value that only a condition compares.
    if not any(f"Parameters.{name}" in used for name in given):
        return []
    found = refused_values(definition.document, {**_defaults(definition), **given})
    return [refused for refused in found if refused.parameter in given]


def _missing_values(each: LocatedDeployment, definition: Definition) -> Iterator[Finding]:
    """Parameters for which a schedule, which gives no values, finds none."""
    operations = each.deployment.operations
    if operations is None or operations.schedule is None:
        return
    known = {*_defaults(definition), *each.deployment.pipeline.parameters}
    for name in definition.parameters:
        if name not in known:
            yield each.place("operations", "schedule").finding(
                f"starts the pipeline without a value for {name}, which has no default in pipelines/{definition.name}",
                allowed=f"a schedule, once pipeline.parameters has a value for {name}",
            )


def _defaults(definition: Definition) -> dict[str, Scalar]:
    return {
        name: parameter["DefaultValue"]
        for name, parameter in definition.parameters.items()
        if "DefaultValue" in parameter
    }
