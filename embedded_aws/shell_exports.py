"""The lines that a shell evaluates to reach an embedded AWS and nothing else: `eval "$(... env)"`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from embedded_aws.server_handle import MISLEADING

# A shell whose exports failed sends every request here: no such host can exist (RFC 6761).
NOWHERE = "http://the-embedded-aws-does-not-run.invalid"


def shell_exports(variables: Mapping[str, str]) -> str:
    """The lines that set these variables, and remove what would lead elsewhere.

    Args:
        variables: as `Server.environment` returns them.
    """
    return "\n".join([_unset(), *(f"export {name}={shlex.quote(value)}" for name, value in variables.items())])


def failing_exports() -> str:
    """The lines for a command that failed: the `eval` fails too, and the shell reaches no AWS at all."""
    return "\n".join([_unset(), f"export AWS_ENDPOINT_URL={NOWHERE}", "false"])


def _unset() -> str:
    """An endpoint of one service would take precedence over the endpoint of all services."""
    services = sorted(name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_"))
    return f"unset {' '.join(dict.fromkeys([*MISLEADING, *services]))}"
