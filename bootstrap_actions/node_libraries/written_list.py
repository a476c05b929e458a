"""Check a list before anything is installed: it may be written by hand instead of `mlproject libraries push`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from libraries.failure import InstallationError
from libraries.resolved_list import ResolvedList
from libraries.settings import INDEX, LIST_URI

_COMMENT = re.compile(r"(^|\s)#.*")
_REMEDY = "run: mlproject libraries push"
# The first pattern that matches the start of a line explains it. pip's options in a list:
# https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options
_NOT_ALLOWED = (
    (r"(-e|--editable)\b", "is an editable installation of a folder, which no node has. Publish a wheel of it"),
    (r"-", "is an option of pip. A list contains only names, versions and hashes"),
    (
        r"(\S+\s*@\s*)?[A-Za-z][A-Za-z0-9+.-]*:",
        "is a URL, whose content can change and which nodes may not reach. List the name and version of the library",
    ),
    (r"[./~]|\S*[/\\]|\S+\.(whl|zip|gz)$", "is a path, which no node has. List the name and version of the library"),
)


def require_valid(resolved: ResolvedList) -> None:
    """Check that a list names libraries, only by name and version, and where their wheels are.

    Raises:
        InstallationError: it does not.
    """
    requirements = list(_requirements(resolved.text))
    if not requirements:
        raise InstallationError(f"{LIST_URI} is empty: it names no library. Add one to the list, and {_REMEDY}")
    for number, text in requirements:
        for pattern, reason in _NOT_ALLOWED:
            if re.match(pattern, text):
                raise InstallationError(f"{LIST_URI}, line {number}: '{text}' {reason}")
    if not INDEX and not resolved.wheels:
        raise InstallationError(
            f"{LIST_URI} names no wheels in S3, and this environment has no library_index. To upload the list with "
            f"its wheels, {_REMEDY}"
        )


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line that is neither empty nor a comment, without the lines of hashes."""
    continues = False
    for number, line in enumerate(text.splitlines(), start=1):
        requirement = _COMMENT.sub("", line).strip()
        if requirement and not continues:
            yield number, requirement.rstrip("\\").rstrip()
        continues = requirement.endswith("\\")
