"""The record of deployments that were made although the guard stopped them: an SSM parameter with its history.

Parameter Store keeps the last hundred versions of a parameter with the time and the user of each:
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

# https://docs.aws.amazon.com/general/latest/gr/ssm.html (maximum size of a standard parameter's value, in bytes)
VALUE_LIMIT = 4096


@dataclass(frozen=True, kw_only=True)
class Override:
    """A deployment that overrides the guard.

    Args:
        reason: the reason given by the user.
        commit: the deployed commit.
        approval: hash of the changes.
        resources: the resources whose verdict is overridden, as `allow_replacement` names them.
    """

    reason: str
    commit: str
    approval: str
    resources: tuple[str, ...]


def record_override(override: Override, client: Callable[[str], Any], *, parameter: str) -> None:
    """Write an override to an SSM parameter. The earlier ones stay in its history.

    Args:
        override: the override.
        client: returns the boto3 client of a service.
        parameter: name of the SSM parameter.
    """
    client("ssm").put_parameter(
        Name=parameter,
        Description="Deployments that overrode the verdict of mlproject guard",
        Type="String",
        Overwrite=True,
        Value=_value(override),
    )


def _value(override: Override) -> str:
    """Return the override as JSON. If there are too many resources, the value contains as many as fit, and how many."""
    content = asdict(override)
    for included in range(len(override.resources), -1, -1):
        content["resources"] = list(override.resources[:included])
        if included < len(override.resources):
            content["further_resources"] = len(override.resources) - included
        text = json.dumps(content)
        if len(text.encode()) <= VALUE_LIMIT:
            return text
    raise ValueError("the reason is longer than a parameter")
