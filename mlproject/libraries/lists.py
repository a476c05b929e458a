"""Which lists of libraries a project needs in an environment, and for which Python and machine each is resolved."""

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
# SageMaker has no notebook instances with ARM processors, and the parameters refuse nodes with them.
GLIBC = 34
MACHINE = "x86_64"
# A notebook's libraries become a kernel, which needs this; EMR's Python finds its libraries by itself.
KERNEL = "ipykernel"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A list of plain requirements, and what it is for.

    Args:
        target: where it is installed.
        stem: the list's name.
        path: the project's file.
        requirements: its lines, without comments and hashes; what a kernel needs besides.
        hashes: in a compiled list, the allowed files (sha256) of each library, by normalised name.
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
        """As uv names it."""
        return f"{MACHINE}-manylinux_2_{GLIBC}"

    @property
    def key(self) -> str:
        """Where the resolved list goes."""
        return list_key(self.target, self.stem)

    def __str__(self) -> str:
        return f"libraries/{self.stem}.txt for {self.target} (Python {self.python}, {MACHINE})"


def wanted_lists(deployment: Deployment, root: Path) -> tuple[Wanted, ...]:
    """The lists of a project's notebooks and of its cluster in one environment, each once.

    Args:
        deployment: the project in the environment; loading it has checked every line of its lists.
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


def normalised(name: str) -> str:
    """One spelling of a name (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(folder: Path, *, target: Target, stem: str) -> Wanted:
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
                f"{path}: lacks {KERNEL}, which a notebook's kernel needs; add it and compile the list again."
            )
        requirements.append(KERNEL)
    return Wanted(
        target=target,
        stem=stem,
        path=path,
        requirements=tuple(requirements),
        hashes=hashes if compiled else {},
    )


def _name(requirement: str) -> str:
    return normalised(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
