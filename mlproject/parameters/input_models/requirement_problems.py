"""The error in a line of a library list, with what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlproject.parameters.input_models import addresses

if TYPE_CHECKING:
    from packaging.requirements import Requirement

SHOWN_LIMIT = 80
PLAIN = (
    "a package name with an optional version range and hashes, such as pandas>=2.2,<3; no other option, URL, path or "
    "variable"
)
_FILE = re.compile(r"\S+\.(whl|gz|zip|txt)$", re.I)
_WHEEL = "build a wheel of it, publish it in your package index, and list its name and version"
_LOCAL = f"is a file or folder of this machine. Instead, {_WHEEL}"
# The first pattern that matches the start of a line explains it. pip's options in a list:
# https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options
_REASONS = tuple(
    (re.compile(pattern, re.I), reason)
    for pattern, reason in (
        (
            r"(-e|--editable)\b",
            f"is an editable installation of a folder, which only this machine has. Instead, {_WHEEL}",
        ),
        (r"(-r|--requirement)\b", "includes another list. Copy the lines of that list into this one"),
        (
            r"(-c|--constraint)\b",
            "refers to a list of constraints. Write each version range into the line of its library",
        ),
        (
            r"(-i|-f|--index-url|--extra-index-url|--find-links|--no-index|--trusted-host)\b",
            "sets a package index. Set the index of `lock` in the configuration of uv and pip on your machine "
            "(UV_DEFAULT_INDEX and UV_INDEX, PIP_INDEX_URL and PIP_EXTRA_INDEX_URL), and an index that the instances "
            "use in `library_index` of environments.yaml",
        ),
        (r"--?[a-z]", "is an option of pip. Remove it: the lock contains only wheels, each with its version and hash"),
        # `file:` is a URL of a path on this machine.
        (r"(\S+\s*@\s*)?(file:|\.{0,2}[/\\]|~[/\\]|\.{1,2}$|[a-z]:\\)", _LOCAL),
        (
            r"(\S+\s*@\s*)?[a-z][a-z0-9+.-]*:",
            "is a URL, whose content can change and which instances may not reach. List the name and version of the "
            f"library; if your package index lacks it, {_WHEEL}",
        ),
        (r"[\w.-]+[/\\][\w./\\-]*$", _LOCAL),
        (_FILE.pattern, _LOCAL),
        ("", "is not a valid requirement"),
    )
)


def requirement_problem(text: str) -> str:
    """Return the error in a line, and the alternative, as a clause; empty if the line is a valid requirement.

    Args:
        text: the line without comments and hashes.
    """
    if parse_requirement(text) is not None:
        return ""
    reason = next(reason for pattern, reason in _REASONS if pattern.match(text))
    return f"'{shown(text)}' {reason}"


def parse_requirement(text: str) -> Requirement | None:
    """Return the requirement in a line; None for anything else that pip accepts.

    https://packaging.python.org/en/latest/specifications/dependency-specifiers/
    """
    # Imported here because only projects with libraries need it.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    # A file name is also a valid package name.
    return None if requirement.url is not None or _FILE.match(requirement.name) else requirement


def shown(text: str) -> str:
    """Return a line for a message: shortened, unprintable characters escaped, URL credentials masked."""
    visible = text if text.isprintable() else ascii(text)
    visible = re.sub(addresses.CREDENTIALS, "//***@", visible)
    return visible if len(visible) <= SHOWN_LIMIT else f"{visible[: SHOWN_LIMIT - 3]}..."
