"""The resources that a definition's steps name in a deployment: functions, queues, clusters, applications, roles.

The pipeline's role may use exactly these, so that they must be known at deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlproject.definition.document import Definition, Scalar, default_values
from mlproject.definition.graph import Step, every_step
from mlproject.definition.resources.deployed_step import ArgumentError, DeployedStep, Location
from mlproject.definition.resources.referenced_values import parameters_of
from mlproject.definition.resources.step_arns import READERS, RESOURCE_TYPES
from mlproject.definition.samples import PLACEHOLDERS

# For checks without a deployment.
SAMPLE_NAMES: Mapping[str, str] = {name: str(PLACEHOLDERS[name]) for name in ("Role", "ModelGroup")}


@dataclass(frozen=True, kw_only=True)
class ResourceProblem:
    """An argument of a step that identifies no resource.

    Args:
        parameters: the pipeline parameters in the argument, or none if the value is in the definition.
        message: the step, the argument, the reason and the remedy, without the final period.
    """

    parameters: tuple[str, ...]
    message: str


@dataclass(frozen=True, kw_only=True)
class StepResources:
    """Resources of a definition's steps in a deployment.

    Args:
        arns: ARNs by each resource type of RESOURCE_TYPES.
        problems: arguments that identify no resource.
    """

    arns: Mapping[str, tuple[str, ...]]
    problems: tuple[ResourceProblem, ...]


def step_resources(
    definition: Definition, given: Mapping[str, Scalar], *, location: Location, placeholders: Mapping[str, str]
) -> StepResources:
    """Return the resources that the steps of a definition name.

    Args:
        definition: the pipeline's definition.
        given: a project's values of pipeline parameters. The others have their defaults.
        location: location of the pipeline.
        placeholders: values of placeholders that are names of resources: `Role` and `ModelGroup`.
    """
    values = {**default_values(definition), **given}
    found: dict[str, dict[str, None]] = {kind: {} for kind in RESOURCE_TYPES}
    problems: list[ResourceProblem] = []
    for step in every_step(definition.document):
        if step["Type"] not in READERS:
            continue
        deployed = DeployedStep(step=step, location=location, parameters=values, placeholders=placeholders)
        try:
            for kind, arn in READERS[step["Type"]](deployed):
                found[kind][arn] = None
        except ArgumentError as error:
            problems.append(_problem(step, error))
    return StepResources(arns={kind: tuple(arns) for kind, arns in found.items()}, problems=tuple(problems))


def _problem(step: Step, error: ArgumentError) -> ResourceProblem:
    used = parameters_of(error.value)
    remedy = f"Set pipeline.parameters.{used[0]} in project.yaml" if used else "Use a pipeline parameter"
    return ResourceProblem(
        parameters=used,
        message=f"step {step['Name']} ({step['Type']}): {error}. The pipeline's role needs it at deployment. {remedy}",
    )
