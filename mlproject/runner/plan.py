"""Build the graph of a definition's steps, and check that their types and functions are supported."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition import branches_of, dependencies, job_arguments, own_arguments, steps_of
from mlproject.definition import references as definition_references
from mlproject.definition.local_steps import LOCAL_STEP_TYPES, STAND_IN_PROPERTIES
from mlproject.definition.placeholders import name_hint
from mlproject.runner import references
from mlproject.runner.stand_ins import stand_in_needed
from mlproject.runner.steps import conditions


@dataclass(frozen=True, kw_only=True)
class Node:
    """A step in the graph.

    Args:
        name: the step's name.
        type: one of LOCAL_STEP_TYPES.
        step: the step in the definition.
        parent: the condition step whose branch contains it, or None.
        branch: True for IfSteps, False for ElseSteps, None outside branches.
        needs: the steps that must succeed first, including the parent.
    """

    name: str
    type: str
    step: Mapping[str, Any]
    parent: str | None
    branch: bool | None
    needs: frozenset[str]

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The arguments to resolve when the step starts, without the branches of a condition."""
        return own_arguments(self.step)

    @property
    def job_type(self) -> str:
        """The type of the step's jobs: the jobs of a Tuning step are those of a Training step."""
        return "Training" if self.type == "Tuning" else self.type

    @property
    def job_arguments(self) -> Mapping[str, Any]:
        """The arguments of the step's jobs, without tuned hyperparameters."""
        return job_arguments(self.step)


def steps_as_nodes(document: Mapping[str, Any]) -> tuple[Node, ...]:
    """Return the nodes of a definition in its order, with branches after their condition."""
    steps = steps_of(document)
    needs = dependencies(document)
    parents = {
        inner["Name"]: (step["Name"], branch == "IfSteps")
        for step in steps
        for branch, inners in branches_of(step).items()
        for inner in inners
    }
    return tuple(_node(step, needs[step["Name"]], *parents.get(step["Name"], (None, None))) for step in steps)


def plan_findings(
    nodes: tuple[Node, ...], *, parameters: Collection[str], stand_ins: Collection[str] = frozenset()
) -> list[str]:
    """Return a sentence for each error in the graph of the steps.

    Errors are unsupported step types, functions or conditions, duplicate names, references to steps, parameters or
    execution variables or property files that do not exist, and a cycle.

    Args:
        nodes: the steps.
        parameters: names of the pipeline's parameters.
        stand_ins: names of steps that do not run.
    """
    findings = [finding for node in nodes if node.name not in stand_ins for finding in _unsupported(node)]
    findings += [finding for node in nodes for finding in _unknown_references(node, parameters)]
    findings += [finding for node in nodes for finding in _unknown_property_files(node, nodes)]
    return [*findings, *_graph_findings(nodes)]


def _node(step: Mapping[str, Any], needs: frozenset[str], parent: str | None, branch: bool | None) -> Node:
    return Node(name=step["Name"], type=step["Type"], step=step, parent=parent, branch=branch, needs=needs)


def _unsupported(node: Node) -> Iterator[str]:
    if node.type in STAND_IN_PROPERTIES and node.type not in LOCAL_STEP_TYPES:
        yield stand_in_needed(node.step)
        return
    if node.type not in LOCAL_STEP_TYPES:
        supported = ", ".join(LOCAL_STEP_TYPES)
        yield f"step {node.name}: step type {node.type!r} is not supported here; supported: {supported}."
        return
    for function in sorted(set(_functions(node.arguments)) - set(references.FUNCTIONS)):
        yield f"step {node.name}: function {function!r} is not supported; supported: {', '.join(references.FUNCTIONS)}."
    if node.type == "Condition":
        for kind in conditions.condition_types(node.arguments.get("Conditions", [])):
            if kind not in conditions.CONDITIONS:
                yield (
                    f"step {node.name}: condition type {kind!r} is not supported; "
                    f"supported: {', '.join(conditions.CONDITIONS)}."
                )


def _unknown_references(node: Node, parameters: Collection[str]) -> Iterator[str]:
    known: Mapping[str, tuple[str, Collection[str]]] = {
        "Parameters": ("a parameter", parameters),
        "Execution": ("an execution variable", references.EXECUTION_VARIABLES),
    }
    for reference in dict.fromkeys(definition_references(node.arguments)):
        kind, _, name = reference.partition(".")
        noun, names = known.get(kind, ("", (name,)))
        if name not in names:
            yield f"step {node.name}: refers to {noun} {name!r} that does not exist. {name_hint(name, names)}"


def _unknown_property_files(node: Node, nodes: tuple[Node, ...]) -> Iterator[str]:
    declared = {
        each.name: [file.get("PropertyFileName") for file in each.step.get("PropertyFiles") or ()] for each in nodes
    }
    for step, file in dict.fromkeys(references.property_files(node.arguments)):
        if file not in declared.get(step, [file]):  # an unknown step is reported as such
            yield f"step {node.name}: refers to a property file {file!r} that step {step} does not declare."


def _functions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _functions(item)
    elif isinstance(value, dict):
        name = references.function_of(value)
        if name:
            yield name
        for item in value.values():
            yield from _functions(item)


def _graph_findings(nodes: tuple[Node, ...]) -> Iterator[str]:
    names = [node.name for node in nodes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"step {name}: duplicate step name."
    for node in nodes:
        for missing in sorted(node.needs - set(names)):
            yield f"step {node.name}: refers to a step {missing!r} that does not exist."
    waiting = {node.name: set(node.needs) & set(names) for node in nodes}
    while ready := [name for name, needs in waiting.items() if not needs]:
        for name in ready:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(ready)
    if waiting:
        yield f"steps {', '.join(sorted(waiting))}: they depend on each other in a cycle."
