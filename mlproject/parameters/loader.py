"""Load and validate environments.yaml and every project.yaml into frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlproject.parameters.approval_pipeline import ApprovalPipeline, approval_pipeline
from mlproject.parameters.checks import environments as environment_checks
from mlproject.parameters.checks import gitlab as gitlab_checks
from mlproject.parameters.checks import projects as project_checks
from mlproject.parameters.checks.pipelines import PipelineFolders
from mlproject.parameters.example_notebooks import check_example_notebooks, read_example_notebooks
from mlproject.parameters.findings import Finding, ParametersError
from mlproject.parameters.input_models.files import EnvironmentInput, NetworkInput, ProjectInput
from mlproject.parameters.input_models.gitlab import GitLab
from mlproject.parameters.input_models.layers import Layers, split_layers, validate_layers
from mlproject.parameters.input_models.library_lists import LibraryLists
from mlproject.parameters.input_models.notebook import Notebook, NotebookInput
from mlproject.parameters.input_models.validation_errors import validate
from mlproject.parameters.model import (
    Deployment,
    Environment,
    ImportedNetwork,
    NewNetwork,
)
from mlproject.parameters.platform import InvalidProject, Platform
from mlproject.parameters.tables.regions import default_zones
from mlproject.parameters.yaml_files.file import read_yaml
from mlproject.parameters.yaml_files.located import Located, without_nulls

# Top-level keys that an environment cannot override.
ENVIRONMENTS_FILE_KEYS = frozenset({"environments", "gitlab"})
PROJECT_FILE_KEYS = frozenset({"environments", "name"})


def load_parameters(root: Path) -> Platform:
    """Load the parameters of all environments and projects.

    Args:
        root: the folder that contains environments.yaml, projects/ and pipelines/.

    Raises:
        ParametersError: at least one file has errors; reports every error in every file.
    """
    findings, platform = _load(root)
    findings += [finding for project in platform.invalid_projects.values() for finding in project.error.findings]
    if findings:
        raise ParametersError(findings)
    return platform


def load_valid_parameters(root: Path) -> Platform:
    """Load the parameters of all environments and of the valid projects, so that one team's errors block no other team.

    Args:
        root: the folder that contains environments.yaml, projects/ and pipelines/.

    Returns:
        The platform; `invalid_projects` contains the projects with errors, and `deployment` raises their error.

    Raises:
        ParametersError: environments.yaml has errors.
    """
    findings, platform = _load(root)
    if findings:
        raise ParametersError(findings)
    return platform


def _load(root: Path) -> tuple[list[Finding], Platform]:
    """Return the errors in environments.yaml, and the platform."""
    findings: list[Finding] = []
    file = read_yaml(root / "environments.yaml", root=root, findings=findings)
    layers = split_layers(file, file_level_keys=ENVIRONMENTS_FILE_KEYS, findings=findings) if file else None
    environments = _environments(layers, root=root, findings=findings) if layers else {}
    gitlab = _gitlab(layers, findings=findings) if layers else None

    paths = project_checks.project_files(root)
    all_project_findings: list[Finding] = []
    files = {path: file for path in paths if (file := read_yaml(path, root=root, findings=all_project_findings))}
    project_checks.check_names(files, environments=layers, findings=all_project_findings)
    projects = {}
    invalid_projects = {}
    for path in paths:
        name = path.parent.name
        own_findings = [each for each in all_project_findings if each.file == path.relative_to(root).as_posix()]
        file = files.get(path)
        inputs = _project(file, root=root, environments=layers, findings=own_findings) if file else {}
        if own_findings:
            listed = file.at("environments") if file else None
            invalid_projects[name] = InvalidProject(
                error=ParametersError(own_findings), environments=frozenset(listed.mapping if listed else ())
            )
        else:
            projects[name] = _deployments(name, inputs, environments, folder=path.parent, gitlab=gitlab)
    platform = Platform(environments=environments, projects=projects, invalid_projects=invalid_projects, gitlab=gitlab)
    return findings, platform


def _environments(layers: Layers, *, root: Path, findings: list[Finding]) -> dict[str, Environment]:
    """Return the environments by name; empty if there are any errors."""
    environment_checks.check(layers, root=root, findings=findings)
    inputs = validate_layers(layers, EnvironmentInput, file_level_keys=ENVIRONMENTS_FILE_KEYS, findings=findings)
    return {} if findings else {name: _environment(name, values, root=root) for name, values in inputs.items()}


def _gitlab(layers: Layers, *, findings: list[Finding]) -> GitLab | None:
    """Return the GitLab project; None if there is none, or if it has errors."""
    written = layers.file.at("gitlab")
    if written is None or written.value is None:
        return None
    found: list[Finding] = []
    gitlab = validate(GitLab, without_nulls(written), findings=found, file_level_keys=())
    if gitlab is not None:
        gitlab_checks.check(gitlab, written, layers, findings=found)
    findings.extend(found)
    return None if found else gitlab


def _project(
    file: Located, *, root: Path, environments: Layers | None, findings: list[Finding]
) -> dict[str, ProjectInput]:
    """Return the valid inputs of a project by environment."""
    folder = (root / file.file).parent
    layers = split_layers(file, file_level_keys=PROJECT_FILE_KEYS, findings=findings)
    project_checks.check(
        layers,
        project=folder.name,
        environments=environments,
        folder=folder,
        folders=PipelineFolders(root / "pipelines"),
        lists=LibraryLists(folder / "libraries", root=root),
        findings=findings,
    )
    findings.extend(check_example_notebooks(folder, root=root))
    return validate_layers(layers, ProjectInput, file_level_keys=PROJECT_FILE_KEYS, findings=findings)


def _environment(name: str, written: EnvironmentInput, *, root: Path) -> Environment:
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
        proxy=written.proxy,
        ca_certificates=_text(root, written.ca_bundle),
    )


def _network(written: NetworkInput, *, region: str) -> NewNetwork | ImportedNetwork:
    if written.imported is not None:
        return written.imported
    if written.new is None:
        raise AssertionError("environment_checks rejects a network that is neither new nor imported")
    first, second = written.new.zones or default_zones(region)
    return NewNetwork(cidr=written.new.cidr, zones=(first, second))


def _deployments(
    project: str,
    inputs: Mapping[str, ProjectInput],
    environments: Mapping[str, Environment],
    *,
    folder: Path,
    gitlab: GitLab | None,
) -> tuple[Deployment, ...]:
    """Return the deployments of a project, with the environments between which its models are promoted."""
    own = {name: environment for name, environment in environments.items() if name in inputs}
    deployments = []
    for name, environment in own.items():
        targets = tuple(target for target in own.values() if inputs[target.name].promoted_from == name)
        on_approval = [target.name for target in targets if inputs[target.name].promoted_on_approval]
        deployments.append(
            _deployment(
                project,
                inputs[name],
                environment,
                folder=folder,
                promoted_from=environments.get(inputs[name].promoted_from or ""),
                promoted_to=targets,
                approval_pipeline=approval_pipeline(gitlab, environment=name, targets=on_approval),
            )
        )
    return tuple(deployments)


def _deployment(
    project: str,
    written: ProjectInput,
    environment: Environment,
    *,
    folder: Path,
    promoted_from: Environment | None,
    promoted_to: tuple[Environment, ...],
    approval_pipeline: ApprovalPipeline | None,
) -> Deployment:
    return Deployment(
        project=project,
        owner=written.owner,
        cost_centre=written.cost_centre,
        project_tags=written.tags,
        environment=environment,
        storage=written.storage,
        pipeline=written.pipeline,
        notebooks=tuple(
            _notebook(name, notebook, folder=folder) for name, notebook in sorted(written.notebooks.items())
        ),
        emr=written.emr,
        emr_serverless=written.emr_serverless,
        operations=written.operations,
        serving=written.serving,
        existing_data=written.existing_data,
        promoted_from=promoted_from,
        promoted_to=promoted_to,
        approval_pipeline=approval_pipeline,
        cluster_certificate=_text(folder, written.emr.certificate_file) if written.emr else None,
        allow_replacement=written.allow_replacement,
        example_notebooks=read_example_notebooks(folder) if written.notebooks else {},
    )


def _notebook(name: str, written: NotebookInput, *, folder: Path) -> Notebook:
    values = {field: getattr(written, field) for field in NotebookInput.model_fields}
    return Notebook(name=name, start_script_text=_text(folder, written.start_script), **values)


def _text(folder: Path, path: str | None) -> str | None:
    """Return the content of a file that a key names. The checks have verified that it can be read."""
    return None if path is None else (folder / path).read_text(encoding="utf-8")
