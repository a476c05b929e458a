"""Read environments.yaml and every project.yaml, check them, and give the frozen values."""

from __future__ import annotations

from pathlib import Path

from mlproject.parameters.checks import environments as environment_checks
from mlproject.parameters.checks import projects as project_checks
from mlproject.parameters.checks.pipelines import PipelineFolders
from mlproject.parameters.finding import Finding, ParametersError
from mlproject.parameters.input_models.files import WrittenEnvironment, WrittenNetwork, WrittenProject
from mlproject.parameters.input_models.layers import Layers, split, validate_layers
from mlproject.parameters.input_models.library_lists import LibraryLists
from mlproject.parameters.input_models.notebook import Notebook, WrittenNotebook
from mlproject.parameters.model import (
    Deployment,
    Environment,
    ImportedNetwork,
    NewNetwork,
)
from mlproject.parameters.platform import LeftOut, Platform
from mlproject.parameters.tables.regions import default_zones
from mlproject.parameters.yaml_files.file import read
from mlproject.parameters.yaml_files.located import Located

# Keys of a file's top level that no environment overrides.
APART_IN_ENVIRONMENTS = frozenset({"environments"})
APART_IN_PROJECT = frozenset({"environments", "name"})


def load(root: Path) -> Platform:
    """Read the parameters of all environments and projects.

    Args:
        root: the folder that holds environments.yaml, projects/ and pipelines/.

    Raises:
        ParametersError: with every mistake of every file.
    """
    findings, platform = _read(root)
    findings = [*findings, *(each for left_out in platform.left_out.values() for each in left_out.error.findings)]
    if findings:
        raise ParametersError(findings)
    return platform


def load_valid(root: Path) -> Platform:
    """Read the parameters of all environments, and of the projects without mistakes: one team's stop no other team.

    Args:
        root: the folder that holds environments.yaml, projects/ and pipelines/.

    Returns:
        what is right; `left_out` holds the projects with mistakes, of which `deployment` raises the error.

    Raises:
        ParametersError: there are mistakes in environments.yaml.
    """
    findings, platform = _read(root)
    if findings:
        raise ParametersError(findings)
    return platform


def _read(root: Path) -> tuple[list[Finding], Platform]:
    """The mistakes of environments.yaml, and what is right."""
    findings: list[Finding] = []
    file = read(root / "environments.yaml", root=root, findings=findings)
    layers = split(file, apart=APART_IN_ENVIRONMENTS, findings=findings) if file else None
    environments = _environments(layers, findings=findings) if layers else {}

    paths = project_checks.project_files(root)
    of_projects: list[Finding] = []
    files = {path: found for path in paths if (found := read(path, root=root, findings=of_projects))}
    project_checks.check_names(files, environments=layers, findings=of_projects)
    projects = {}
    left_out = {}
    for path in paths:
        name = path.parent.name
        own = [each for each in of_projects if each.file == path.relative_to(root).as_posix()]
        written = _project(files[path], root=root, environments=layers, findings=own) if path in files else {}
        if own:
            named = files[path].at("environments") if path in files else None
            left_out[name] = LeftOut(error=ParametersError(own), environments=frozenset(named.mapping if named else ()))
        else:
            projects[name] = tuple(
                _deployment(name, written[environment.name], environment)
                for environment in environments.values()
                if environment.name in written
            )
    return findings, Platform(environments=environments, projects=projects, left_out=left_out)


def _environments(layers: Layers, *, findings: list[Finding]) -> dict[str, Environment]:
    """Every environment; those with mistakes are left out."""
    environment_checks.check(layers, findings=findings)
    written = validate_layers(layers, WrittenEnvironment, apart=APART_IN_ENVIRONMENTS, findings=findings)
    return {} if findings else {name: _environment(name, values) for name, values in written.items()}


def _project(
    file: Located, *, root: Path, environments: Layers | None, findings: list[Finding]
) -> dict[str, WrittenProject]:
    """A project's values by environment; those with mistakes are left out."""
    folder = (root / file.file).parent
    layers = split(file, apart=APART_IN_PROJECT, findings=findings)
    project_checks.check(
        layers,
        project=folder.name,
        environments=environments,
        folders=PipelineFolders(root / "pipelines"),
        lists=LibraryLists(folder / "libraries", root=root),
        findings=findings,
    )
    return validate_layers(layers, WrittenProject, apart=APART_IN_PROJECT, findings=findings)


def _environment(name: str, written: WrittenEnvironment) -> Environment:
    return Environment(
        name=name,
        account=written.account,
        region=written.region,
        network=_network(written.network, region=written.region),
        bootstrap_qualifier=written.bootstrap_qualifier,
        permissions_boundary=written.permissions_boundary,
        role_path=written.role_path,
        tags=written.tags,
        retain_data=written.retain_data,
        owner=written.owner,
        cost_centre=written.cost_centre,
        library_index=written.library_index,
    )


def _network(written: WrittenNetwork, *, region: str) -> NewNetwork | ImportedNetwork:
    if written.imported is not None:
        return written.imported
    if written.new is None:
        raise AssertionError("environment_checks lets no network pass that is neither new nor imported")
    first, second = written.new.zones or default_zones(region)
    return NewNetwork(cidr=written.new.cidr, zones=(first, second))


def _deployment(project: str, written: WrittenProject, environment: Environment) -> Deployment:
    return Deployment(
        project=project,
        owner=written.owner,
        cost_centre=written.cost_centre,
        project_tags=written.tags,
        environment=environment,
        storage=written.storage,
        pipeline=written.pipeline,
        notebooks=tuple(_notebook(name, notebook) for name, notebook in sorted(written.notebooks.items())),
        emr=written.emr,
        operations=written.operations,
        existing_data=written.existing_data,
    )


def _notebook(name: str, written: WrittenNotebook) -> Notebook:
    return Notebook(name=name, **{field: getattr(written, field) for field in WrittenNotebook.model_fields})
