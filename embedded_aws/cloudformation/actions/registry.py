"""The register of actions: a new one is one more function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.response_shapes import Shape

Parameters = Mapping[str, Any]
Action = Callable[[Engine, Parameters], Shape | None]

ACTIONS: dict[str, Action] = {}
# Seconds that a request waits for its operation's end; the CLI looks again after 5 s when it has not ended by then.
PATIENCE = 50.0


def action(function: Action) -> Action:
    """Register a function under the action's name: `create_stack` answers CreateStack."""
    name = "".join(part.capitalize() for part in function.__name__.strip("_").split("_"))
    ACTIONS[name] = function
    return function
