"""Letters beyond ASCII in the tags of a file, which all services but EMR Serverless accept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]
_TAGS = ("owner", "cost_centre", "tags")
# Onto letters that no tag is drawn with, so that different keys stay different.
_ACCENTS = str.maketrans("aZ", "ñÉ")


def with_accents(document: Document) -> Document:
    """Return the content of environments.yaml or project.yaml with letters beyond ASCII in its tags."""
    environments = {name: _accented(own or {}) for name, own in document["environments"].items()}
    return {**_accented(document), "environments": environments}


def has_application(document: Mapping[str, Any]) -> bool:
    """Whether a project has an EMR Serverless application in an environment."""
    return any("emr_serverless" in each for each in (document, *document["environments"].values()))


def _accented(values: Document) -> Document:
    return {key: _translate(value) if key in _TAGS else value for key, value in values.items()}


def _translate(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_translate(key): _translate(item) for key, item in value.items()}
    return value.translate(_ACCENTS) if isinstance(value, str) else value
