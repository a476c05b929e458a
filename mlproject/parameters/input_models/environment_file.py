"""Read an environment file of conda as a library list for pip.

https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html#create-env-file-manually
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlproject.parameters.findings import Finding, closest_match, join_names
from mlproject.parameters.input_models.conda_names import PIP_NAMES, unavailable_reason
from mlproject.parameters.input_models.requirement_lines import RequirementLine
from mlproject.parameters.input_models.requirement_problems import parse_requirement, shown
from mlproject.parameters.yaml_files.file import parse_yaml
from mlproject.parameters.yaml_files.located import Located

SUFFIXES = (".yml", ".yaml")
# `name` and `prefix` say where conda installs.
_KEYS = ("channels", "dependencies", "name", "prefix")
_ALLOWED = "a package name with an optional version range, such as pandas=2.2 or pandas>=2.2,<3"
_PIP_LIST = "names of packages, and one list `pip:`"
_SPECIFICATION = re.compile(r"(?:(?P<channel>[^\s:]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?P<version>.*)")
_BUILD = "names a build of conda, which pip does not have. Remove it (`conda env export --no-builds` omits builds)"


@dataclass(kw_only=True)
class EnvironmentFile:
    """The content of an environment file.

    Args:
        file: path relative to the repository root.
        lines: the requirements as pip reads them, with the lines of the file.
        findings: the errors.
        python: the range of Python versions, such as `==3.10.*`, and its line; None if there is none.
        notes: what is ignored or has another name, one sentence each.
    """

    file: str
    lines: list[RequirementLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    python: tuple[str, int] | None = None
    notes: list[str] = field(default_factory=list)

    def report(self, line: int, message: str, *, allowed: str = "", suggestion: str = "") -> None:
        """Add an error."""
        self.findings.append(
            Finding(file=self.file, line=line, key="", message=message, allowed=allowed, suggestion=suggestion)
        )

    def require(self, text: str, line: int) -> None:
        """Add a requirement of pip."""
        self.lines.append(RequirementLine(number=line, text=text, hashes=frozenset()))


def parse_environment_file(text: str, *, file: str) -> EnvironmentFile:
    """Return the requirements of an environment file, and its errors.

    Args:
        text: the content.
        file: path relative to the repository root, for messages.
    """
    result = EnvironmentFile(file=file)
    content = parse_yaml(text, file=file, findings=result.findings) if text.strip() else None
    if content is None:
        return result
    for key, value in content.mapping.items():
        if key == "variables":
            result.report(value.line, "variables: pip sets no environment variables. Remove the key")
        elif key not in _KEYS:
            suggestion = closest_match(key, _KEYS)
            result.report(value.line, f"{key}: unknown key", allowed=join_names(_KEYS), suggestion=suggestion)
    channels = content.at("channels")
    if channels is not None and isinstance(channels.value, tuple) and channels.value:
        names = ", ".join(each.raw for each in channels.value)
        result.notes.append(f"{file}:{channels.line}: channels: {names} ignored, since pip reads the package index.")
    dependencies = content.at("dependencies")
    if dependencies is None or not isinstance(dependencies.value, tuple):
        line = dependencies.line if dependencies else 1
        result.report(line, "dependencies: must be a list", allowed=_PIP_LIST)
        return result
    for item in dependencies.value:
        _add_dependency(item, result)
    return result


def _add_dependency(item: Located, result: EnvironmentFile) -> None:
    pip = item.at("pip")
    if pip is not None and isinstance(pip.value, tuple) and len(item.mapping) == 1:
        for requirement in pip.value:
            result.require(requirement.raw.partition(" #")[0].strip(), requirement.line)
    elif isinstance(item.value, str):
        _add_package(item.value.strip(), item.line, result)
    else:
        result.report(item.line, f"'{shown(item.raw)}' is not a dependency", allowed=_PIP_LIST)


def _add_package(text: str, line: int, result: EnvironmentFile) -> None:
    match = _SPECIFICATION.fullmatch(text)
    version = _pip_version(match["version"]) if match else None
    if match is None or version is None:
        result.report(line, f"'{shown(text)}' is not a version range that pip has", allowed=_ALLOWED)
        return
    name = match["name"].lower()
    reason = _BUILD if version == _BUILD else unavailable_reason(name)
    if reason:
        result.report(line, f"'{shown(text)}' {reason}")
    elif parse_requirement(f"{name}{version}") is None:
        result.report(line, f"'{shown(text)}' is not a version range that pip has", allowed=_ALLOWED)
    elif name == "python":
        result.python = version, line
    elif name != "pip":
        if match["channel"]:
            result.notes.append(f"{result.file}:{line}: channel {match['channel']} ignored.")
        if name in PIP_NAMES:
            result.notes.append(f"{result.file}:{line}: {name} is {PIP_NAMES[name]} for pip.")
        result.require(f"{PIP_NAMES.get(name, name)}{version}", line)


def _pip_version(version: str) -> str | None:
    """Return the version range of conda as pip writes it; `_BUILD` if it names a build, None if pip has none.

    https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html#package-match-specifications
    """
    compact = re.sub(r"\s*([=<>!~,])\s*", r"\1", version.strip())
    if " " in compact or re.fullmatch(r"={1,2}[^=<>!~,]+=.*", compact):
        return _BUILD
    if "|" in compact or "[" in compact:
        return None
    if compact in {"*", "=*"}:
        return ""
    if re.match(r"=[^=]", compact):  # pandas=2.2 is any 2.2 of conda
        return f"=={compact[1:].removesuffix('.*').removesuffix('*')}.*"
    if re.match(r"\d", compact):  # `pandas 2.2` is exactly 2.2
        return f"=={compact}"
    return compact
