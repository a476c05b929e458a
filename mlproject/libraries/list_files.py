"""Read the lists of a project's notebooks and clusters, with the lines that apply to each target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import KERNEL, MACHINES, PYTHON, LibraryList, requirement_name
from mlproject.node_scripts import CLUSTER_TARGETS, Target, cluster_target, notebook_target
from mlproject.parameters import (
    Deployment,
    EnvironmentFile,
    Finding,
    Notebook,
    ParametersError,
    RequirementLine,
    list_files,
    read_list,
)

_EXTRA = re.compile(r"\bextra\b")
_DESCRIPTION: dict[Target, str] = {
    "notebook": "notebooks without a GPU",
    "notebook-gpu": "notebooks with a GPU",
    "emr": "EMR nodes",
    "emr-arm64": "EMR nodes with ARM processors",
}
# More than the patch versions that a Python has had.
_PATCHES = 100


def read_library_lists(deployment: Deployment, root: Path) -> tuple[LibraryList, ...]:
    """Read the lists of a project's notebooks and clusters in an environment, each list once per target.

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
        for cluster in deployment.clusters.values():
            if cluster.libraries:
                notebooks.setdefault((deployment.project, cluster_target(cluster), cluster.libraries), [])
    order: list[Target] = list(PYTHON)
    keys = sorted(notebooks, key=lambda key: (key[0], order.index(key[1]), key[2]))
    return tuple(_read(root, *key, notebooks=tuple(notebooks[key])) for key in keys)


def _read(
    root: Path, project: str, target: Target, stem: str, *, notebooks: tuple[tuple[str, Notebook], ...]
) -> LibraryList:
    folder = root / "projects" / project / "libraries"
    path = list_files(folder, stem)[0]
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    file = path.relative_to(root).as_posix()
    written = read_list(content, file=file)
    _require_python(written, target)
    lines = tuple(_applicable(written.lines, target))
    if not lines:
        message = f"has no requirements for {_DESCRIPTION[target]}. Add one without the marker of the other machines"
        raise ParametersError([Finding(file=file, line=None, key="", message=message)])
    hashes = {requirement_name(line.text): _digests(line) for line in lines}
    requirements = [line.text for line in lines]
    compiled = any(hashes.values())
    if target not in CLUSTER_TARGETS and KERNEL not in hashes:
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
        notes=tuple(written.notes),
    )


def _require_python(written: EnvironmentFile, target: Target) -> None:
    """Check that an environment file allows the Python of a target.

    Raises:
        ParametersError: it requires another version.
    """
    from packaging.specifiers import SpecifierSet  # only projects with libraries need it

    if written.python is None:
        return
    versions, line = written.python
    allowed = SpecifierSet(versions)
    if not any(allowed.contains(f"{PYTHON[target]}.{patch}") for patch in range(_PATCHES)):
        machines = "EMR nodes" if target in CLUSTER_TARGETS else "notebooks"
        message = (
            f"requires Python {versions}, but {machines} have Python {PYTHON[target]}. Change the line, or remove it"
        )
        raise ParametersError([Finding(file=written.file, line=line, key="", message=message)])


def _applicable(lines: Iterable[RequirementLine], target: Target) -> Iterator[RequirementLine]:
    """Yield the lines for a target. Markers with `extra` are evaluated here, since uv ignores their lines in a list.

    https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
    """
    from packaging.requirements import Requirement  # only projects with libraries need it

    environment = {
        "extra": "gpu" if target == "notebook-gpu" else "cpu",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": MACHINES[target],
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
