"""Validate a project's library lists: plain requirements, or lists compiled with hashes."""

from __future__ import annotations

import re
from pathlib import Path

from mlproject.parameters.findings import Finding, closest_match, join_names
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.environment_file import SUFFIXES, EnvironmentFile, parse_environment_file
from mlproject.parameters.input_models.requirement_lines import RequirementLine, parse_requirement_lines
from mlproject.parameters.input_models.requirement_problems import PLAIN, parse_requirement, requirement_problem, shown
from mlproject.parameters.yaml_files.located import Located

SUFFIX = ".txt"
LIST_SUFFIXES = (SUFFIX, *SUFFIXES)
# Our limit, far above any realistic list.
BYTES_LIMIT = 1_000_000
# Markers with these extras select the lines for machines without and with a GPU.
BUILD_EXTRAS = frozenset({"cpu", "gpu"})
_EXTRA = re.compile(r'\bextra (?:==|!=) "([^"]*)"|"([^"]*)" (?:==|!=) extra\b')
_EXTRAS_ALLOWED = 'extra == "cpu" for machines without a GPU, and extra == "gpu" for notebooks with one'
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_PINNED = re.compile(r"==\s*[^*,;\s]+\s*(;.*)?$")

# Packages that EMR installs and configures with its own connectors. A second copy would shadow them in Livy sessions.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark.html
OWNED_BY_EMR = frozenset({"py4j", "pyspark", "pyspark-client", "pyspark-connect"})


def list_files(folder: Path, stem: str) -> list[Path]:
    """Return the files of a list: one, unless there is a mistake.

    Args:
        folder: the project's libraries/.
        stem: name of the list.
    """
    return [path for suffix in LIST_SUFFIXES if (path := folder / f"{stem}{suffix}").exists()]


def read_list(content: str, *, file: str) -> EnvironmentFile:
    """Return the requirements of a list, or of an environment file of conda.

    Args:
        content: the text of the file.
        file: its path relative to the repository root.
    """
    if file.endswith(SUFFIXES):
        return parse_environment_file(content, file=file)
    return EnvironmentFile(file=file, lines=list(parse_requirement_lines(content)))


class LibraryLists:
    """The library lists of one project. Each list is read once.

    Args:
        folder: the project's libraries/.
        root: the repository root; paths in messages are relative to it.
    """

    def __init__(self, folder: Path, *, root: Path) -> None:
        self._folder = folder
        self._name = folder.relative_to(root).as_posix()
        self._read: dict[tuple[str, frozenset[str]], list[Finding]] = {}

    def check(self, place: Located | None, *, owned: frozenset[str] = frozenset()) -> list[Finding]:
        """Return the errors in a list and in the key that refers to it. Malformed names are reported elsewhere.

        Args:
            place: the value of `libraries`, as written.
            owned: normalised names of packages that the machine already provides.
        """
        if (
            place is None
            or not isinstance(place.value, str)
            or not constraints.matches(constraints.LIBRARIES, place.value)
        ):
            return []
        stems = {path.stem for suffix in LIST_SUFFIXES for path in self._folder.glob(f"*{suffix}")}
        if place.value not in stems:
            message = f"{self._name}/{place.value}{SUFFIX} does not exist"
            return [place.finding(message, allowed=join_names(stems), suggestion=closest_match(place.value, stems))]
        files = list_files(self._folder, place.value)
        if len(files) > 1:
            names = " and ".join(f"{self._name}/{each.name}" for each in files)
            return [place.finding(f"{names} both exist. Keep one of them")]
        key = place.value, owned
        if key not in self._read:
            self._read[key] = self._findings(files[0].name, owned)
        return self._read[key]

    def _findings(self, name: str, owned: frozenset[str]) -> list[Finding]:
        file = f"{self._name}/{name}"
        try:
            data = (self._folder / name).read_bytes()
            if len(data) > BYTES_LIMIT:
                problem = f"has {len(data):,} bytes, more than the limit of {BYTES_LIMIT:,}"
                return [Finding(file=file, line=None, key="", message=problem)]
            content = data.decode("utf-8-sig")
        except OSError as error:
            problem = f"cannot be read ({error.strerror or error}). Check the file and its permissions"
            return [Finding(file=file, line=None, key="", message=problem)]
        except UnicodeDecodeError:
            return [Finding(file=file, line=None, key="", message="is not UTF-8 text. Save it as UTF-8")]
        written = read_list(content, file=file)
        found, lines = list(written.findings), written.lines
        earlier: dict[tuple[str, str], int] = {}
        compiled = next((line for line in lines if line.hashes), None)
        for line in lines:
            problem, allowed = _problem(line.text, number=line.number, owned=owned, earlier=earlier)
            if not problem and compiled:
                problem = _hash_problem(line, compiled)
            if problem:
                value = shown(line.text)
                found.append(
                    Finding(file=file, line=line.number, key="", value=value, message=problem, allowed=allowed)
                )
        if not found and not earlier:
            message = "contains no requirements. Add one, or remove the `libraries:` key that names the file"
            found.append(Finding(file=file, line=None, key="", message=message))
        return found


def _problem(text: str, *, number: int, owned: frozenset[str], earlier: dict[tuple[str, str], int]) -> tuple[str, str]:
    """Return the error in a line and what is allowed instead; two empty strings if the line is valid."""
    requirement = parse_requirement(text)
    if requirement is None:
        return requirement_problem(text), PLAIN
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    if name in owned:
        return f"{name} is part of Spark on EMR, and a second copy would shadow it. Remove the line", ""
    extras = {left or right for left, right in _EXTRA.findall(str(requirement.marker or ""))}
    if unknown := sorted(extras - BUILD_EXTRAS):
        return f"the extra {unknown[0]} does not exist in a list", _EXTRAS_ALLOWED
    first = earlier.setdefault((name, str(requirement.marker)), number)
    if first != number:
        return f"{name} is already listed in line {first}. Keep one of them", ""
    return "", ""


def _hash_problem(line: RequirementLine, compiled: RequirementLine) -> str:
    """Return the error in a line of a list with hashes; an empty string if the line is valid.

    https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode
    """
    if not line.hashes:
        return f"has no hash, but line {compiled.number} has one. Compile the list again with hashes for every line"
    if not _PINNED.search(line.text):
        return "has a hash but no exact version (==). Compile the list again"
    if wrong := next((each for each in sorted(line.hashes) if not _SHA256.fullmatch(each)), None):
        return f"the hash {shown(wrong)} is not a sha256 hash. Compile the list again"
    return ""
