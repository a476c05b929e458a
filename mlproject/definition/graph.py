"""The graph of a definition: its steps, including those in branches, and their dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Step = Mapping[str, Any]
BRANCHES = ("IfSteps", "ElseSteps")


def steps_of(document: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return all steps in the order of the document. The steps in a condition's branches follow the condition."""
    return tuple(_walk(document.get("Steps", ())))


def every_step(document: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return all steps, including those that a ForEach step runs for each item."""
    return tuple(each for step in steps_of(document) for each in (step, *repeated_steps(step)))


def repeated_steps(step: Step) -> tuple[Step, ...]:
    """Return the steps that a ForEach step runs for each item; none for any other step."""
    if step.get("Type") != "ForEach":
        return ()
    return tuple(step.get("Arguments", {}).get("ForEachBody") or ())


def _walk(steps: Any) -> Iterator[Step]:
    for step in steps:
        yield step
        for branch in branches_of(step).values():
            yield from _walk(branch)


def branches_of(step: Step) -> dict[str, list[Step]]:
    """Return a condition's branches by key (IfSteps, ElseSteps); empty for any other step."""
    if step.get("Type") != "Condition":
        return {}
    arguments = step.get("Arguments", {})
    return {key: arguments[key] for key in BRANCHES if arguments.get(key)}


def branch_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the branch of each step in a condition's branches, such as `if Better` or `else Better`."""
    return {
        inner["Name"]: f"{'if' if key == 'IfSteps' else 'else'} {step['Name']}"
        for step in steps_of(document)
        for key, inside in branches_of(step).items()
        for inner in inside
    }


def own_arguments(step: Step) -> dict[str, Any]:
    """Return a step's arguments without the steps in its branches."""
    arguments = dict(step.get("Arguments", {}))
    if step.get("Type") == "Condition":
        for key in BRANCHES:
            arguments.pop(key, None)
    return arguments


def job_arguments(step: Step) -> dict[str, Any]:
    """Return the arguments of a step's jobs: for a Tuning step, those that its training jobs have in common."""
    arguments = own_arguments(step)
    if step.get("Type") != "Tuning":
        return arguments
    training = dict(arguments.get("TrainingJobDefinition", {}))
    static = training.pop("StaticHyperParameters", None)
    return {**training, "HyperParameters": static or {}}


def references(value: Any) -> Iterator[str]:
    """Yield every reference in a value, such as `Steps.Train.TrainingJobName` for `{"Get": "Steps.Train..."}`."""
    if isinstance(value, Mapping):
        if set(value) == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
        else:
            for item in value.values():
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def dependencies(document: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Return, for each step, the names of the steps that must end before it starts.

    These are the steps that its arguments refer to, those in its DependsOn, and the condition whose branch contains it.
    """
    dependencies_of = {
        step["Name"]: (
            {name for name in map(_step_name, references(own_arguments(step))) if name}
            | {_depended_step(item) for item in step.get("DependsOn") or ()}
        )
        - {each["Name"] for each in repeated_steps(step)}
        for step in steps_of(document)
    }
    for step in steps_of(document):
        for branch in branches_of(step).values():
            for inner in branch:
                dependencies_of[inner["Name"]].add(step["Name"])
    return {name: frozenset(names) for name, names in dependencies_of.items()}


def _step_name(reference: str) -> str | None:
    """Return the step's name in `Steps.<name>.<property>`, also in `Steps.<name>.Outputs['x'].y`."""
    kind, _, rest = reference.partition(".")
    return rest.partition(".")[0] if kind == "Steps" else None


def _depended_step(item: Any) -> str:
    """Return the step's name in an item of DependsOn: a name, or a reference of the form `Steps.<name>`."""
    text = item["Get"] if isinstance(item, Mapping) else str(item)
    return _step_name(text) or text
