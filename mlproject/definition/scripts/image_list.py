"""The packages in a pipeline's images: required by image.in, and pinned by image.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from mlproject.definition.scripts.distributions import DISTRIBUTIONS
from mlproject.parameters import Finding

INPUT, LOCK = "image.in", "image.txt"


@dataclass(frozen=True, kw_only=True)
class ImageList:
    """The contents of image.in and image.txt in a pipeline's folder.

    Args:
        folder: the folder.
        pins: versions in image.txt by normalised name; None if the file does not exist.
        modules: normalised names by module, from the comments `# imports MODULE` in image.in.
        requirements: normalised names of the packages that image.in requires.
    """

    folder: Path
    pins: Mapping[str, str] | None
    modules: Mapping[str, str] = field(default_factory=dict)
    requirements: frozenset[str] = frozenset()

    def provides(self, module: str, *, lacks: frozenset[str]) -> bool:
        """Return whether an image contains a top-level module.

        Args:
            module: such as `sklearn`.
            lacks: distributions in the list that this image does not contain.
        """
        available = (self.pins or {}).keys() - lacks
        names = {canonicalize_name(module), self.modules.get(module), *DISTRIBUTIONS.get(module, ())}
        # The installed distributions are checked last, since that reads the records of all packages.
        return bool(available & names) or bool(
            available & {canonicalize_name(name) for name in _installed().get(module, ())}
        )


def read_image_list(folder: Path) -> ImageList:
    """Read image.txt, and the requirements of image.in with the modules listed in its comments."""
    lock = folder / LOCK
    required = [each for _, each, _ in _requirements(folder / INPUT) if each is not None]
    modules = {
        module: canonicalize_name(requirement.name)
        for _, requirement, comment in _requirements(folder / INPUT)
        if requirement is not None
        for match in re.finditer(r"\bimports (\w+)", comment)
        for module in [match[1]]
    }
    return ImageList(
        folder=folder,
        pins=_pins(lock) if lock.is_file() else None,
        modules=modules,
        requirements=frozenset(canonicalize_name(each.name) for each in required),
    )


def image_list_findings(folder: Path, *, root: Path) -> Iterator[Finding]:
    """Yield a finding for each requirement in image.in that image.txt does not satisfy.

    Args:
        folder: the pipeline's folder.
        root: the project's root, to which paths in findings are relative.
    """
    path = folder / INPUT
    file = path.relative_to(root).as_posix()
    lock = folder.joinpath(LOCK)
    pins = _pins(lock) if lock.is_file() else {}
    remedy = f"Update {LOCK} with the command at the top of {INPUT}"
    for line, requirement, _ in _requirements(path):
        if requirement is None:
            message = "is not a valid requirement"
            yield Finding(file=file, line=line, key="", message=message, allowed="such as pandas==2.2.3")
            continue
        version = pins.get(canonicalize_name(requirement.name))
        if version is None:
            yield Finding(file=file, line=line, key="", message=f"{LOCK} does not pin {requirement.name}. {remedy}")
        elif not requirement.specifier.contains(version, prereleases=True):
            message = f"requires {requirement}, but {LOCK} pins {version}. {remedy}"
            yield Finding(file=file, line=line, key="", message=message)


def _requirements(path: Path) -> Iterator[tuple[int, Requirement | None, str]]:
    """Yield line number, requirement (None if invalid) and comment of each line that contains a requirement."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text, _, comment = line.partition("#")
        if text.strip():
            try:
                yield number, Requirement(text.strip()), comment
            except InvalidRequirement:
                yield number, None, comment


def _pins(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@cache
def _installed() -> Mapping[str, list[str]]:
    from importlib.metadata import packages_distributions  # reads every installed package

    return packages_distributions()
