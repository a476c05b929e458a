"""Check the images of a definition: their URIs, and whether they can be pulled in a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition.document import Definition, Scalar, default_values
from mlproject.definition.images.aws_images import registry_hosts, unpublished_problem
from mlproject.definition.images.step_images import StepImage, step_images
from mlproject.definition.images.uris import Repository, image_problem, image_repositories, image_repository
from mlproject.definition.placeholders import REGISTRIES

_SAME_REGION = "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html"


def malformed_images(document: Mapping[str, Any], values: Mapping[str, Scalar]) -> Iterator[str]:
    """Yield a clause for each image that is not the URI of one in ECR.

    Args:
        document: a definition whose placeholders are filled.
        values: values of pipeline parameters.
    """
    for image in step_images(document):
        text = image.text(values)
        problem = None if text is None or image.in_vpc else image_problem(text)
        if problem:
            yield f"{image.step}: {image.argument}: {text!r} {problem}"


def deployed_images(
    definition: Definition, *, parameters: Mapping[str, Scalar], region: str
) -> Iterator[tuple[StepImage, str]]:
    """Yield the images of a deployment that are known before a run, with their URIs.

    Args:
        definition: the pipeline's definition.
        parameters: the deployment's values. The other parameters have their defaults.
        region: region of the deployment.
    """
    hosts = registry_hosts(region)
    for image, text in _known_images(definition, parameters):
        yield image, _fill(text, hosts)


def pulled_repositories(
    definition: Definition, *, parameters: Mapping[str, Scalar], region: str
) -> tuple[Repository, ...]:
    """Return the repositories in ECR from which the jobs of a deployment pull; arguments as in `deployed_images`."""
    return image_repositories(uri for _, uri in deployed_images(definition, parameters=parameters, region=region))


def region_problems(
    definition: Definition, *, parameters: Mapping[str, Scalar], region: str
) -> Iterator[tuple[StepImage, str]]:
    """Yield each image that a deployment cannot use in its region or at all, with the problem as a clause."""
    for image, text in _known_images(definition, parameters):
        problem = unpublished_problem(text, region) or (None if image.in_vpc else _own_problem(text, region))
        if problem:
            yield image, f"{image.argument}: {problem}"


def _own_problem(text: str, region: str) -> str | None:
    uri = _fill(text, dict.fromkeys(REGISTRIES, f"123456789012.dkr.ecr.{region}.amazonaws.com"))
    problem = image_problem(uri)
    if problem:
        return f"{text!r} {problem}"
    repository = image_repository(uri)
    if repository and repository.region != region:
        return (
            f"{text!r} is in {repository.region}, but SageMaker pulls images only from the region of the job, "
            f"{region} ({_SAME_REGION}). Copy the image to a repository there"
        )
    return None


def _known_images(definition: Definition, parameters: Mapping[str, Scalar]) -> Iterator[tuple[StepImage, str]]:
    values = {**default_values(definition), **parameters}
    for image in step_images(definition.document):
        text = image.text(values)
        if text is not None:
            yield image, text


def _fill(text: str, hosts: Mapping[str, str]) -> str:
    for name, host in hosts.items():
        text = text.replace(f"${{{name}}}", host)
    return text
