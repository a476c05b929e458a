"""The definition of a pipeline in a template: the number of its steps, and the images of its containers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.architecture.references import Key, References
from mlproject.definition import steps_of

PIPELINE = "AWS::SageMaker::Pipeline"
# The keys of a step's arguments that contain the URI of an image.
_IMAGES = frozenset({"ImageUri", "TrainingImage", "Image"})


def count_steps(references: References, key: Key) -> int | None:
    """Return the number of a pipeline's steps, including those in branches; None if the definition cannot be read."""
    document = _document(references, key)
    return None if document is None else len(steps_of(document))


def image_repositories(references: References, key: Key) -> frozenset[str] | None:
    """Return the repositories of the images that a pipeline's steps use; None if the definition cannot be read."""
    document = _document(references, key)
    if document is None:
        return None
    body = _body(references, key)
    variables = body["Fn::Sub"][1] if isinstance(body, Mapping) and isinstance(body["Fn::Sub"], list) else {}
    uris = (_fill(uri, variables, references) for uri in _find_images(document))
    return frozenset(name for name in map(_repository, uris) if name)


def _body(references: References, key: Key) -> Any:
    return references.properties(key).get("PipelineDefinition", {}).get("PipelineDefinitionBody")


def _document(references: References, key: Key) -> Mapping[str, Any] | None:
    body = _body(references, key)
    text = body["Fn::Sub"] if isinstance(body, Mapping) and "Fn::Sub" in body else body
    text = text[0] if isinstance(text, list) else text
    if not isinstance(text, str):
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None  # the node is drawn without these details
    return document if isinstance(document, Mapping) and isinstance(document.get("Steps"), list) else None


def _find_images(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in _IMAGES and isinstance(member, str):
                yield member
            else:
                yield from _find_images(member)
    elif isinstance(value, list):
        for item in value:
            yield from _find_images(item)


def _fill(uri: str, variables: Mapping[str, Any], references: References) -> str:
    """Return a URI whose placeholders are replaced by their values."""
    for name, value in variables.items():
        uri = uri.replace(f"${{{name}}}", references.to_text(value) or "")
    return uri


def _repository(uri: str) -> str:
    """Return the repository in `account.dkr.ecr.region.amazonaws.com/repository:tag`; empty if there is none."""
    return uri.partition("/")[2].partition("@")[0].partition(":")[0]
