"""The lists of libraries that a project uses in an environment, with the Python version and platform of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.errors import UserError
from mlproject.node_scripts import Target, list_key
from mlproject.parameters import Deployment, parse_requirement_lines

# The kernel conda_python3 (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html) and the system's Python
# of emr-7 (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html).
PYTHON: dict[Target, str] = {"notebook": "3.10", "emr": "3.9"}
# Both run Amazon Linux 2023, whose C library is 2.34 (https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
# SageMaker has no notebook instances with ARM processors, and the parameters reject EMR nodes with them.
GLIBC = 34
MACHINE = "x86_64"
# A notebook's libraries become a kernel, which requires this package. EMR nodes have no kernel.
KERNEL = "ipykernel"


@dataclass(frozen=True, kw_only=True)
class LibraryList:
    """A list of requirements, and the target on which it is installed.

    Args:
        target: `notebook` or `emr`.
        stem: name of the list.
        path: path of the file in the project.
        requirements: the lines without comments and hashes, plus the requirement of a kernel.
        hashes: SHA-256 hashes of the allowed files in a compiled list, by normalised name.
    """

    target: Target
    stem: str
    path: Path
    requirements: tuple[str, ...]
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def python(self) -> str:
        return PYTHON[self.target]

    @property
    def platform(self) -> str:
        """The platform, in uv's format."""
        return f"{MACHINE}-manylinux_2_{GLIBC}"

    @property
    def key(self) -> str:
        """S3 key of the resolved list."""
        return list_key(self.target, self.stem)

    def __str__(self) -> str:
        return f"libraries/{self.stem}.txt for {self.target} (Python {self.python}, {MACHINE})"


def read_library_lists(deployment: Deployment, root: Path) -> tuple[LibraryList, ...]:
    """Read the lists of a project's notebooks and cluster in an environment, each list once per target.

    Args:
        deployment: the project in the environment. Its lists were validated when it was loaded.
        root: the checkout.

    Raises:
        UserError: a list cannot be read.
    """
    folder = root / "projects" / deployment.project / "libraries"
    stems = sorted({notebook.libraries for notebook in deployment.notebooks if notebook.libraries})
    lists = [_read(folder, target="notebook", stem=stem) for stem in stems]
    if deployment.emr and deployment.emr.libraries:
        lists.append(_read(folder, target="emr", stem=deployment.emr.libraries))
    return tuple(lists)


def normalise_name(name: str) -> str:
    """Return the normalised form of a name (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(folder: Path, *, target: Target, stem: str) -> LibraryList:
    path = folder / f"{stem}.txt"
    try:
        lines = list(parse_requirement_lines(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    hashes = {_name(line.text): frozenset(each.removeprefix("sha256:") for each in line.hashes) for line in lines}
    requirements = [line.text for line in lines]
    compiled = any(hashes.values())
    if target == "notebook" and KERNEL not in hashes:
        if compiled:
            raise UserError(
                f"{path}: does not list {KERNEL}, which a notebook's kernel requires. Add it and recompile the list."
            )
        requirements.append(KERNEL)
    return LibraryList(
        target=target,
        stem=stem,
        path=path,
        requirements=tuple(requirements),
        hashes=hashes if compiled else {},
    )


def _name(requirement: str) -> str:
    return normalise_name(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
