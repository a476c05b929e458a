"""Check a definition and the values of its parameters before a run, and report every error at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mlproject.definition import references, steps_of
from mlproject.errors import Topic, UserError
from mlproject.runner.checks import Models, check_supported
from mlproject.runner.container.interpreters import Interpreter
from mlproject.runner.container.isolation import Isolation
from mlproject.runner.parameters import Scalar, parameter_values
from mlproject.runner.plan import Node, plan_findings, steps_as_nodes
from mlproject.runner.stand_ins import StandIns, check_stand_ins


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What a run executes.

    Args:
        nodes: the steps.
        values: the value of every pipeline parameter.
    """

    nodes: tuple[Node, ...]
    values: Mapping[str, Scalar]


def prepare_run(
    definition: Mapping[str, Any],
    parameters: Mapping[str, Scalar],
    *,
    isolation: Isolation,
    interpreters: Mapping[str, Interpreter] = MappingProxyType({}),
    stand_ins: StandIns = MappingProxyType({}),
    models: Models = MappingProxyType({}),
) -> Preparation:
    """Return the steps and parameter values of a definition that this machine can run.

    Args:
        definition: the parsed definition.
        parameters: values of pipeline parameters; the others use their defaults.
        isolation: the isolation of the steps.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: properties of steps that do not run, by step name.
        models: the deployed models that Transform steps name.

    Raises:
        UserError: one line per error in the parameters, the steps, their references, images and arguments.
    """
    findings = list(_incomplete_items(definition))
    if findings:
        raise UserError("\n".join(findings), topic="definition-invalid")
    topic: Topic | None = "definition-invalid"
    try:
        values: Mapping[str, Scalar] = parameter_values(definition, parameters)
    except UserError as error:
        findings.append(str(error))
        values = {}
        topic = error.topic
    try:
        check_stand_ins(definition, stand_ins)
    except UserError as error:
        findings.append(str(error))
    nodes = steps_as_nodes(definition)
    declared = [parameter["Name"] for parameter in definition.get("Parameters", [])]
    findings += plan_findings(nodes, parameters=declared, stand_ins=stand_ins)
    # Arguments that depend on a parameter without a valid value cannot be judged.
    judged = tuple(node for node in nodes if node.name not in stand_ins and _parameters_of(node) <= values.keys())
    try:
        check_supported(judged, values, isolation=isolation, interpreters=interpreters, models=models)
    except UserError as error:
        findings.append(str(error))
    if findings:
        raise UserError("\n".join(findings), topic=topic)
    return Preparation(nodes=nodes, values=values)


def _incomplete_items(definition: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each parameter and step without the keys that every other check reads."""
    for kind, items in (("parameter", definition.get("Parameters", [])), ("step", steps_of(definition))):
        for number, item in enumerate(items, start=1):
            missing = [key for key in ("Name", "Type") if not isinstance(item.get(key), str)]
            if missing:
                name = item.get("Name", f"number {number}")
                yield f"{kind} {name}: its definition lacks {' and '.join(missing)}."


def _parameters_of(node: Node) -> set[str]:
    found = (name.partition(".") for name in references(node.arguments))
    return {name for kind, _, name in found if kind == "Parameters"}
