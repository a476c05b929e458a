"""The definition of a pipeline in a template: the number of its steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlproject.architecture.references import Key, References
from mlproject.definition import steps_of

PIPELINE = "AWS::SageMaker::Pipeline"


def count_steps(references: References, key: Key) -> int | None:
    """Return the number of a pipeline's steps, including those in branches; None if the definition cannot be read."""
    document = _document(references, key)
    return None if document is None else len(steps_of(document))


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
