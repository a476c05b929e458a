"""uv's reasons why a list cannot be resolved, with the lines of the list that ask for the libraries."""

from __future__ import annotations

import difflib
import re
import subprocess
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList, normalise_name, requirement_name
from mlproject.libraries.pip_target import pip_command, target_options
from mlproject.parameters import RequirementLine

_ADDRESS = re.compile(r"\S*\w+://\S*")
_UNREACHABLE = re.compile(
    r"Failed to fetch|Request failed|error sending request|Could not connect|Network connectivity", re.I
)
_LABEL = re.compile(r"^\s*(error|cause|hint):\s*", re.M)
_UNKNOWN = re.compile(r"Because (\S+) was not found in")
_NO_WHEEL = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*?)(?:\[\S*\])?(?:[=<>!]=?\S+)? ha(?:s|ve) no (?:usable )?wheels")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHOWN_VERSIONS = 5
# The libraries that lists in this field name most often, for suggestions.
_WELL_KNOWN = Path(__file__).with_name("well_known.txt").read_text(encoding="utf-8").split()


def resolution_error(library_list: LibraryList, stderr: str, *, source: Path) -> UserError:
    """Return uv's error as one sentence, without the URL of the index, which may contain credentials.

    Args:
        library_list: the list.
        stderr: the output of uv.
        source: the file that uv has read, which the message does not name.
    """
    if _UNREACHABLE.search(stderr):
        return UserError(
            f"{library_list.file}: the package index cannot be reached, so nothing was locked. "
            "Check the network and the index in uv's configuration, and run the command again.",
            exit_code=1,
            topic="package-index-unreachable",
        )
    text = _without_addresses(stderr).replace(f"`{source.name}`", "the list")
    if unknown := _UNKNOWN.search(text):
        return UserError(_unknown_message(library_list, normalise_name(unknown[1])), topic="libraries-not-found")
    if (missing := _NO_WHEEL.search(text)) and (line := library_list.line_of(normalise_name(missing[1]))):
        return UserError(_no_wheel_message(library_list, normalise_name(missing[1]), line), topic="libraries-not-found")
    reason = _one_line(text)
    reason = reason.removeprefix("No solution found when resolving dependencies ")
    lines = _asking_lines(library_list, reason)
    place = f"{library_list.file}:{lines[0][0]}" if lines else library_list.file
    asked = " and ".join(f"line {number} ({text})" for number, text in lines)
    conflict = f" The list asks for them in {asked}." if asked else ""
    return UserError(
        f"{place}: cannot be resolved, so nothing was locked: {reason}{conflict} Change the versions.",
        topic="libraries-conflict",
    )


def uv_error(stderr: str) -> str:
    """Return uv's error as one line, without URLs, which may contain the credentials of an index.

    Args:
        stderr: what uv printed to standard error.
    """
    return _one_line(_without_addresses(stderr))


def _without_addresses(stderr: str) -> str:
    return _LABEL.sub("", _ADDRESS.sub("the index", stderr))


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip(" ^"))


def _unknown_message(library_list: LibraryList, name: str) -> str:
    line = library_list.line_of(name)
    place = f"{library_list.file}:{line.number}" if line else library_list.file
    closest = difflib.get_close_matches(name, _WELL_KNOWN, n=1)
    hint = f" Did you mean {closest[0]}?" if closest else " Check its name, and the index in uv's configuration."
    return f"{place}: the package index has no library {name}.{hint} Nothing was locked."


def _no_wheel_message(library_list: LibraryList, name: str, line: RequirementLine) -> str:
    versions = versions_with_wheel(library_list, name)
    shown = ", ".join(versions[:_SHOWN_VERSIONS])
    remedy = f"The newest versions with one: {shown}" if versions else "No version has one. Remove it, or use another"
    return (
        f"{library_list.file}:{line.number}: {line.text} has no wheel for Python {library_list.python} on Linux "
        f"{library_list.machine}, so nothing was locked. {remedy}."
    )


def versions_with_wheel(library_list: LibraryList, name: str) -> list[str]:
    """Return the versions of a library that have a wheel for the target, newest first; empty if there is none."""
    completed = subprocess.run(
        [*pip_command("index"), "versions", *target_options(library_list), name],
        capture_output=True,
        text=True,
        check=False,
    )
    match = re.search(r"^Available versions: (.+)$", completed.stdout, re.M)
    return match[1].split(", ") if match else []


def _asking_lines(library_list: LibraryList, reason: str) -> list[tuple[int, str]]:
    mentioned = {normalise_name(name.rstrip(".")) for name in _NAME.findall(reason)}
    return [(line.number, line.text) for line in library_list.lines if requirement_name(line.text) in mentioned]
