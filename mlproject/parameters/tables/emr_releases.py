"""EMR releases and the node types that each supports: a committed table, so that reading parameters needs no AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mlproject.parameters.finding import RefusalError, nearest
from mlproject.parameters.input_models import constraints

TABLE = Path(__file__).with_name("emr_releases.json")

NODE_TYPE = r"[a-z0-9-]+\.[a-z0-9]+"

Architecture = Literal["x86_64", "arm64"]


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(TABLE.read_text())
    return table


def releases() -> tuple[str, ...]:
    """The releases of Amazon Linux 2023 with Python 3.9, oldest first.

    https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html
    """
    return tuple(_table()["node_types_added"])


@cache
def node_types(release: str) -> Mapping[str, Architecture]:
    """The node types that a release supports, each with its processor's architecture; all of them if it is unknown."""
    found: dict[str, Architecture] = {}
    for each, added in _table()["node_types_added"].items():
        for architecture, types in added.items():
            found.update(dict.fromkeys(types.split(), architecture))
        if each == release:
            break
    return found


def node_type(text: str) -> str:
    """A text of the form of an EC2 type; which of them a release supports is another question."""
    if not constraints.matches(NODE_TYPE, text):
        raise RefusalError(f"{text} is no EC2 type", suggestion=nearest(text, node_types(releases()[-1])))
    return text


def release(text: str) -> str:
    """A release on which this application's scripts run."""
    known = releases()
    if text in known:
        return text
    allowed = f"{known[0]} to {known[-1]}"
    if text in _table()["other_releases"].split():
        raise RefusalError(
            f"{text} exists, but scripts and libraries here are made for Amazon Linux 2023 and Python 3.9, as emr-7 "
            "has them",
            allowed=allowed,
        )
    raise RefusalError(
        f"{text} is no EMR release that this version knows", allowed=allowed, suggestion=nearest(text, known)
    )
