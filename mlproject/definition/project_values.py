"""Check the projects' values of pipeline parameters against the rules of AWS for the steps that use them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from mlproject.definition.document import Definition, Scalar, default_values
from mlproject.definition.graph import own_arguments, references, steps_of
from mlproject.definition.images.check_images import check_image_values
from mlproject.definition.images.checks import region_problems
from mlproject.definition.parameter_uses import RefusedValue, refused_values
from mlproject.definition.placeholders import split_hint, used_placeholders
from mlproject.definition.resources.deployed_step import Location
from mlproject.definition.resources.step_resources import SAMPLE_NAMES, step_resources
from mlproject.errors import UserError
from mlproject.parameters import Finding
from mlproject.parameters.input_models.located_values import LocatedDeployment


def value_findings(written: Iterable[LocatedDeployment], definitions: Mapping[str, Definition]) -> Iterator[Finding]:
    """Yield a finding for each value that AWS would reject, and for each missing value of a schedule.

    Args:
        written: the deployments.
        definitions: definitions by folder. Deployments of other folders are skipped.
    """
    for each in written:
        pipeline = each.deployment.pipeline
        definition = definitions.get(pipeline.folder) if pipeline else None
        if pipeline is None or definition is None:
            continue
        region = each.deployment.environment.region
        for refused in refused_parameters(definition, pipeline.parameters, region=region):
            place = each.place("pipeline", "parameters", refused.parameter)
            yield place.finding(refused.reason, suggestion=refused.suggestion)
        yield from _unknown_resources(each, definition, pipeline.parameters)
        for problem in unusable_images(definition, pipeline.parameters, region=region):
            yield each.place("pipeline", "folder").finding(problem)
        yield from _missing_values(each, definition, pipeline.parameters)


def refused_parameters(definition: Definition, given: Mapping[str, Scalar], *, region: str) -> list[RefusedValue]:
    """Return a project's values that AWS would reject. `check_definition` checks the defaults.

    Args:
        definition: the pipeline's definition.
        given: the project's values by parameter.
        region: the environment's region.
    """
    images = {
        name: RefusedValue(parameter=name, reason=f"step {image.step}: {problem}", suggestion="")
        for image, problem in reversed(list(region_problems(definition, parameters=given, region=region)))
        for name in image.parameters & given.keys()
    }
    refused = _refused_by_model(definition, given)
    return [*refused, *(images[name] for name in sorted(images.keys() - {each.parameter for each in refused}))]


def unusable_images(definition: Definition, given: Mapping[str, Scalar], *, region: str) -> list[str]:
    """Return a clause for each image in the definition itself that cannot be used in a region.

    The arguments are those of `refused_parameters`, which reports the images that the project's values name.
    """
    return [
        f"pipelines/{definition.name}, step {image.step}: {problem}"
        for image, problem in region_problems(definition, parameters=given, region=region)
        if not image.parameters & given.keys()
    ]


def _refused_by_model(definition: Definition, given: Mapping[str, Scalar]) -> list[RefusedValue]:
    arguments = (own_arguments(step) for step in steps_of(definition.document) if step["Type"] != "Condition")
    used = {name for each in arguments for name in references(each)}
    # Loading botocore's model is slow, so it is skipped for values that only conditions use.
    if not any(f"Parameters.{name}" in used for name in given):
        return []
    rejected = refused_values(definition.document, {**default_values(definition), **given})
    return [refused for refused in rejected if refused.parameter in given]


def _unknown_resources(
    each: LocatedDeployment, definition: Definition, given: Mapping[str, Scalar]
) -> Iterator[Finding]:
    """Yield a finding for each value of a parameter that should identify a resource, and does not."""
    environment = each.deployment.environment
    location = Location(partition="aws", region=environment.region, account=environment.account)
    try:
        check_image_values(environment.region, used_placeholders(json.dumps(definition.document)))
    except UserError as error:
        message, hint = split_hint(str(error))
        yield each.place("pipeline", "folder").finding(message, suggestion=hint)
    found = step_resources(definition, given, location=location, placeholders=SAMPLE_NAMES)
    for problem in found.problems:
        if problem.parameters:
            yield each.place("pipeline", "parameters", problem.parameters[0]).finding(problem.message)


def _missing_values(each: LocatedDeployment, definition: Definition, given: Mapping[str, Scalar]) -> Iterator[Finding]:
    """Yield a finding for each parameter without a value, if a schedule starts the pipeline."""
    operations = each.deployment.operations
    if operations is None or operations.schedule is None:
        return
    known = {*default_values(definition), *given}
    for name in definition.parameters:
        if name not in known:
            yield each.place("operations", "schedule").finding(
                f"starts the pipeline without a value for {name}, which has no default in pipelines/{definition.name}",
                allowed=f"a schedule, once pipeline.parameters has a value for {name}",
            )
