"""A project's lists of libraries: plain requirements, or a list that is compiled already, with hashes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.parameters.finding import Finding, listing, nearest
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.requirement_lines import RequirementLine, requirement_lines
from mlproject.parameters.yaml_files.located import Located

if TYPE_CHECKING:
    from packaging.requirements import Requirement

SUFFIX = ".txt"
# Ours, far above any honest list.
BYTES_LIMIT = 1_000_000
SHOWN_LIMIT = 80
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_PINNED = re.compile(r"==\s*[^*,;\s]+\s*(;.*)?$")
PLAIN = (
    "a name and, if you like, versions and hashes, such as pandas>=2.2,<3; no other option, address, path or variable"
)

# What EMR installs and configures itself, with its own connectors; another copy would hide it from Livy's sessions.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark.html
OWNED_BY_EMR = frozenset({"py4j", "pyspark", "pyspark-client", "pyspark-connect"})


class LibraryLists:
    """The lists of one project; each is read once.

    Args:
        folder: the project's libraries/.
        root: the project's root, from which messages name the files.
    """

    def __init__(self, folder: Path, *, root: Path) -> None:
        self._folder = folder
        self._name = folder.relative_to(root).as_posix()
        self._read: dict[tuple[str, frozenset[str]], list[Finding]] = {}

    def check(self, place: Located | None, *, owned: frozenset[str] = frozenset()) -> list[Finding]:
        """What is wrong with a list and with the place that names it; a name of another form is found elsewhere.

        Args:
            place: the value of `libraries`, as written.
            owned: normalised names that the machine brings itself.
        """
        if (
            place is None
            or not isinstance(place.value, str)
            or not constraints.matches(constraints.LIBRARIES, place.value)
        ):
            return []
        stems = tuple(path.stem for path in self._folder.glob(f"*{SUFFIX}"))
        if place.value not in stems:
            message = f"there is no {self._name}/{place.value}{SUFFIX}"
            return [place.finding(message, allowed=listing(stems), suggestion=nearest(place.value, stems))]
        key = place.value, owned
        if key not in self._read:
            self._read[key] = self._findings(place.value + SUFFIX, owned)
        return self._read[key]

    def _findings(self, name: str, owned: frozenset[str]) -> list[Finding]:
        file = f"{self._name}/{name}"
        try:
            data = (self._folder / name).read_bytes()
            if len(data) > BYTES_LIMIT:
                problem = f"has {len(data):,} bytes, and {BYTES_LIMIT:,} is the limit"
                return [Finding(file=file, line=None, key="", message=problem)]
            content = data.decode("utf-8-sig")
        except OSError as error:
            problem = f"cannot be read ({error.strerror or error}); mend the file or its permissions"
            return [Finding(file=file, line=None, key="", message=problem)]
        except UnicodeDecodeError:
            return [Finding(file=file, line=None, key="", message="is not UTF-8 text; save it in that encoding")]
        found: list[Finding] = []
        earlier: dict[tuple[str, str], int] = {}
        lines = list(requirement_lines(content))
        compiled = next((line for line in lines if line.hashes), None)
        for line in lines:
            problem, allowed = _problem(line.text, number=line.number, owned=owned, earlier=earlier)
            if not problem and compiled:
                problem = _hash_problem(line, compiled)
            if problem:
                value = _shown(line.text)
                found.append(
                    Finding(file=file, line=line.number, key="", value=value, message=problem, allowed=allowed)
                )
        if not found and not earlier:
            message = "lists no library; add one, or remove the `libraries:` that names the file"
            found.append(Finding(file=file, line=None, key="", message=message))
        return found


def _problem(text: str, *, number: int, owned: frozenset[str], earlier: dict[tuple[str, str], int]) -> tuple[str, str]:
    """What is wrong with a line and what may stand there; two empty texts if nothing is wrong.

    https://packaging.python.org/en/latest/specifications/dependency-specifiers/
    """
    requirement = _requirement(text)
    if requirement is None:
        return f"{_shown(text)} is not a valid requirement", PLAIN
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    if name in owned:
        return f"{name} is part of EMR's Spark, and a second one would hide it; remove the line", ""
    first = earlier.setdefault((name, str(requirement.marker)), number)
    if first != number:
        return f"{name} is listed already in line {first}; keep one of them", ""
    return "", ""


def _hash_problem(line: RequirementLine, compiled: RequirementLine) -> str:
    """What is wrong with a line of a list with hashes; an empty text if nothing is wrong.

    https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode
    """
    if not line.hashes:
        return f"has no hash, but line {compiled.number} has; compile the list again with hashes for every line"
    if not _PINNED.search(line.text):
        return "has a hash without one version (==); compile the list again"
    if wrong := next((each for each in sorted(line.hashes) if not _SHA256.fullmatch(each)), None):
        return f"the hash {_shown(wrong)} is not a sha256; compile the list again"
    return ""


def _requirement(text: str) -> Requirement | None:
    """The requirement in a line; None if it is anything else that pip may understand."""
    # Only projects with libraries need it, so that reading parameters stays fast.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    # A file's name has the form of a library's name.
    is_file = requirement.name.lower().endswith((".whl", ".gz", ".zip", ".txt"))
    return None if requirement.url is not None or is_file else requirement


def _shown(text: str) -> str:
    """A line short enough for a message, its odd characters escaped, without the password of an address."""
    visible = text if text.isprintable() else ascii(text)
    visible = re.sub(addresses.CREDENTIALS, "//***@", visible)
    return visible if len(visible) <= SHOWN_LIMIT else f"{visible[: SHOWN_LIMIT - 3]}..."
