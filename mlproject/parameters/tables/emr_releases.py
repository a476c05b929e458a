"""EMR releases and the node types that each supports: a committed table, so that loading needs no AWS access."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mlproject.parameters.findings import InvalidValueError, closest_match
from mlproject.parameters.input_models import constraints
from mlproject.translation import Message

TABLE = Path(__file__).with_name("emr_releases.json")

NODE_TYPE = r"[a-z0-9-]+\.[a-z0-9]+"

Architecture = Literal["x86_64", "arm64"]


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(TABLE.read_text())
    return table


def releases() -> tuple[str, ...]:
    """Return the releases with Amazon Linux 2023 and Python 3.9, oldest first.

    https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html
    """
    return tuple(_table()["node_types_added"])


@cache
def node_types(release: str) -> Mapping[str, Architecture]:
    """Return the architecture of each node type that a release supports; of all known types for an unknown release."""
    found: dict[str, Architecture] = {}
    for each, added in _table()["node_types_added"].items():
        for architecture, types in added.items():
            found.update(dict.fromkeys(types.split(), architecture))
        if each == release:
            break
    return found


def validate_node_type(text: str) -> str:
    """Validate the form of an EC2 instance type. Whether a release supports it is checked elsewhere."""
    if not constraints.matches(NODE_TYPE, text):
        raise InvalidValueError(
            Message("{text} is not an EC2 instance type", text=text),
            suggestion=closest_match(text, node_types(releases()[-1])),
        )
    return text


def validate_release(text: str) -> str:
    """Validate a release: the scripts of this application must run on it."""
    known = releases()
    if text in known:
        return text
    allowed = Message("{oldest} to {newest}", oldest=known[0], newest=known[-1])
    if text in _table()["other_releases"].split():
        raise InvalidValueError(
            Message(
                "{text} is not supported: this application needs Amazon Linux 2023 and Python 3.9, which "
                "emr-7 provides",
                text=text,
            ),
            allowed=allowed,
        )
    raise InvalidValueError(
        Message("{text} is not a known EMR release", text=text), allowed=allowed, suggestion=closest_match(text, known)
    )
