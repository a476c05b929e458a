"""The lists of libraries that a project uses, with the Python version and platform of each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.node_scripts import Target, list_key, notebook_target
from mlproject.parameters import (
    Deployment,
    Finding,
    Notebook,
    ParametersError,
    RequirementLine,
    parse_requirement_lines,
)

# The kernel conda_python3 (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html) and the system's Python
# of emr-7 (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html).
PYTHON: dict[Target, str] = {"notebook": "3.10", "notebook-gpu": "3.10", "emr": "3.9"}
# Both run Amazon Linux 2023, whose C library is 2.34 (https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
# SageMaker has no notebook instances with ARM processors, and the parameters reject EMR nodes with them.
GLIBC = 34
MACHINE = "x86_64"
# A notebook's libraries become a kernel, which requires this package. EMR nodes have no kernel.
KERNEL = "ipykernel"
LOCKS = "locks"
_EXTRA = re.compile(r"\bextra\b")
_DESCRIPTION: dict[Target, str] = {
    "notebook": "notebooks without a GPU",
    "notebook-gpu": "notebooks with a GPU",
    "emr": "EMR nodes, which install the lines of the extra cpu",
}


@dataclass(frozen=True, kw_only=True)
class LibraryList:
    """A list of requirements, and the target on which it is installed.

    Args:
        target: the machines that install it.
        stem: name of the list.
        path: path of the file in the project.
        requirements: the lines without comments and hashes, plus the requirement of a kernel.
        hashes: SHA-256 hashes of the allowed files in a compiled list, by normalised name.
        lines: the lines of the file that apply to the target.
        file: path of the file relative to the checkout, for messages.
        notebooks: the notebooks that install the list, each with the environment of the deployment.
    """

    target: Target
    stem: str
    path: Path
    requirements: tuple[str, ...]
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lines: tuple[RequirementLine, ...] = ()
    file: str = ""
    notebooks: tuple[tuple[str, Notebook], ...] = ()

    @property
    def python(self) -> str:
        return PYTHON[self.target]

    @property
    def has_kernel(self) -> bool:
        """Whether the libraries become a kernel of Jupyter."""
        return self.target != "emr"

    @property
    def platform(self) -> str:
        """The platform, in uv's format."""
        return f"{MACHINE}-manylinux_2_{GLIBC}"

    @property
    def key(self) -> str:
        """S3 key of the locked list."""
        return list_key(self.target, self.stem)

    @property
    def lock_path(self) -> Path:
        """Path of the committed lock."""
        return self.path.parent / LOCKS / self.target / f"{self.stem}.txt"

    @property
    def lock_file(self) -> str:
        """Path of the committed lock relative to the checkout, for messages."""
        return f"{Path(self.file).parent.as_posix()}/{LOCKS}/{self.target}/{self.stem}.txt"

    @property
    def project(self) -> str:
        return self.path.parent.parent.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the lock depends on: requirements and target, without comments and order."""
        hashes = [f"{name} {each}" for name, allowed in self.hashes.items() for each in allowed]
        text = "\n".join([self.python, self.platform, *sorted(self.requirements), *sorted(hashes)])
        return hashlib.sha256(text.encode()).hexdigest()

    def line_of(self, name: str) -> RequirementLine | None:
        """Return the line that requires a library; None if only another library does.

        Args:
            name: normalised name.
        """
        return next((line for line in self.lines if requirement_name(line.text) == name), None)

    def __str__(self) -> str:
        return f"libraries/{self.path.name} for {self.target} (Python {self.python}, {MACHINE})"


def read_library_lists(deployment: Deployment, root: Path) -> tuple[LibraryList, ...]:
    """Read the lists of a project's notebooks and cluster in an environment, each list once per target.

    Args:
        deployment: the project in the environment. Its lists were validated when it was loaded.
        root: the checkout.

    Raises:
        UserError: a list cannot be read.
    """
    return read_project_lists([deployment], root)


def read_project_lists(deployments: Iterable[Deployment], root: Path) -> tuple[LibraryList, ...]:
    """Read the lists of deployments, each list of a project once per target; arguments and errors as above."""
    notebooks: dict[tuple[str, Target, str], list[tuple[str, Notebook]]] = {}
    for deployment in deployments:
        for notebook in deployment.notebooks:
            if notebook.libraries:
                target = notebook_target(notebook.instance_type)
                key: tuple[str, Target, str] = deployment.project, target, notebook.libraries
                notebooks.setdefault(key, []).append((deployment.environment.name, notebook))
        if deployment.emr and deployment.emr.libraries:
            notebooks.setdefault((deployment.project, "emr", deployment.emr.libraries), [])
    order: list[Target] = list(PYTHON)
    keys = sorted(notebooks, key=lambda key: (key[0], order.index(key[1]), key[2]))
    return tuple(_read(root, *key, notebooks=tuple(notebooks[key])) for key in keys)


def normalise_name(name: str) -> str:
    """Return the normalised form of a name (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(requirement: str) -> str:
    """Return the normalised name of the library in a requirement."""
    return normalise_name(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])


def _read(
    root: Path, project: str, target: Target, stem: str, *, notebooks: tuple[tuple[str, Notebook], ...]
) -> LibraryList:
    folder = root / "projects" / project / "libraries"
    path = folder / f"{stem}.txt"
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    file = path.relative_to(root).as_posix()
    lines = tuple(_applicable(parse_requirement_lines(content), target))
    if not lines:
        message = f"has no requirements for {_DESCRIPTION[target]}. Add one without a marker for the other extra"
        raise ParametersError([Finding(file=file, line=None, key="", message=message)])
    hashes = {requirement_name(line.text): _digests(line) for line in lines}
    requirements = [line.text for line in lines]
    compiled = any(hashes.values())
    if target != "emr" and KERNEL not in hashes:
        if compiled:
            message = f"does not list {KERNEL}, which a notebook's kernel requires. Add it and recompile the list"
            raise ParametersError([Finding(file=file, line=None, key="", message=message)])
        requirements.append(KERNEL)
    return LibraryList(
        target=target,
        stem=stem,
        path=path,
        requirements=tuple(requirements),
        hashes=hashes if compiled else {},
        lines=lines,
        file=file,
        notebooks=notebooks,
    )


def _applicable(lines: Iterable[RequirementLine], target: Target) -> Iterator[RequirementLine]:
    """Yield the lines for a target. Markers with `extra` are evaluated here, since uv ignores their lines in a list.

    https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
    """
    from packaging.requirements import Requirement  # only projects with libraries need it

    environment = {
        "extra": "gpu" if target == "notebook-gpu" else "cpu",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": MACHINE,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON[target]}.0",
        "python_version": PYTHON[target],
        "sys_platform": "linux",
    }
    for line in lines:
        requirement = Requirement(line.text)
        if requirement.marker is None or not _EXTRA.search(str(requirement.marker)):
            yield line
        elif requirement.marker.evaluate(environment):
            requirement.marker = None
            yield replace(line, text=str(requirement))


def _digests(line: RequirementLine) -> frozenset[str]:
    return frozenset(each.removeprefix("sha256:") for each in line.hashes)
