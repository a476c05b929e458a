"""AWS's own list of actions and of the kinds of resources that each knows, as cfn-lint bundles it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_FILE = Path("data", "AdditionalSpecs", "Policies.json")


def is_action(prefix: str, name: str) -> bool:
    """Whether IAM has such an action.

    Args:
        prefix: such as `s3`.
        name: such as `GetObject`, in any case.
    """
    return name.lower() in _actions(prefix)


def kinds(prefix: str, name: str) -> tuple[str, ...]:
    """The kinds of resources that an action knows; none where it is allowed on `*` only."""
    return tuple(kind.lower() for kind in _actions(prefix).get(name.lower(), {}).get("Resources", ()))


def arn_formats(prefix: str, kind: str) -> tuple[str, ...]:
    """Regular expressions of a kind's ARNs, with `${Partition}`, `${Region}` and `${Account}` in them."""
    return tuple(_policies()[prefix]["Resources"][kind]["ARNFormats"])


def _actions(prefix: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = _policies().get(prefix, {}).get("Actions", {})
    return found


@cache
def _policies() -> dict[str, Any]:
    # Without importing the package, which takes longer than the file.
    package = find_spec("cfnlint")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("cfnlint is not installed")
    content: dict[str, Any] = json.loads((Path(package.origin).parent / _FILE).read_text())
    return content
