"""Validation of the parameters and the pipelines together, without an AWS account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mlproject.cli.common.library_notes import library_notes
from mlproject.data import DATA_FILE
from mlproject.data import read as read_dataset
from mlproject.definition import Definition, deployed_images, read_definition
from mlproject.definition.data_version import PARAMETER, read_data_version
from mlproject.definition.document import DEFINITION_FILE
from mlproject.definition.folder_checks import folder_findings, pipeline_folders
from mlproject.definition.local_steps import steps_only_on_aws
from mlproject.definition.project_values import value_findings
from mlproject.definition.scripts.checks import unchecked_steps
from mlproject.libraries import lock_findings, read_project_lists
from mlproject.parameters import (
    Deployment,
    Finding,
    ParametersError,
    Pipeline,
    Platform,
    changed_networks,
    load_parameters,
)
from mlproject.parameters.checks.schedules import schedule_findings
from mlproject.parameters.input_models.located_values import locate_deployments
from mlproject.report import settings_findings
from mlproject.translation import Message, joined


@dataclass(frozen=True, kw_only=True)
class Validation:
    """The result of a validation.

    Args:
        platform: the parameters, or None if they have errors.
        findings: all errors.
        notes: what cannot be checked, and what does not run on this machine, one sentence each.
    """

    platform: Platform | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def validate_checkout(root: Path, *, now: datetime) -> Validation:
    """Validate the parameters, every folder of pipelines/, and the projects' values for their pipelines.

    Args:
        root: the checkout.
        now: a timezone-aware time. Schedules are compared with it.
    """
    findings: list[Finding] = []
    platform = None
    try:
        platform = load_parameters(root)
    except ParametersError as error:
        findings += error.findings
    definitions: dict[str, Definition] = {}
    notes_on_libraries: tuple[str, ...] = ()
    for folder in pipeline_folders(root):
        if any(f"pipelines/{folder.name}/{DEFINITION_FILE} " in each.message for each in findings):
            continue  # reported already, at the project that uses the folder
        errors = folder_findings(folder, root=root)
        # Its steps can only be compared with report.json if the definition is valid.
        document = None if errors else read_definition(folder).document
        errors += [*_data_findings(folder), *settings_findings(folder, document)]
        findings += errors if platform is None or _is_used(folder.name, platform) else map(_mark_unused, errors)
        if not errors:
            definitions[folder.name] = read_definition(folder)
    if platform:
        findings += changed_networks(root, platform.environments).values()
        deployments = list(locate_deployments(root, platform))
        findings += schedule_findings(deployments, now=now)
        findings += value_findings(deployments, definitions)
        try:
            lists = read_project_lists(platform.deployments(), root)
            findings += lock_findings(lists)
            notes_on_libraries = library_notes(lists, platform.deployments(), definitions)
        except ParametersError as error:
            findings += error.findings
    notes: tuple[str, ...] = tuple(
        Message(
            "pipelines/{name}: the script of step {step} is not checked, since the Python version of its image is "
            "unknown.",
            name=name,
            step=step,
        )
        for name, definition in definitions.items()
        for step in unchecked_steps(definition)
    )
    notes += tuple(
        joined(": ", (f"pipelines/{name}", sentence))
        for name, definition in definitions.items()
        for sentence in steps_only_on_aws(definition.document)
    )
    if platform:
        notes += (
            *_container_notes(definitions, platform),
            *_data_version_notes(definitions, platform, root),
            *notes_on_libraries,
            *_certificate_notes(platform, now=now),
        )
    return Validation(platform=platform, findings=tuple(findings), notes=notes)


def _certificate_notes(platform: Platform, *, now: datetime) -> Iterator[str]:
    """Yield a sentence for each certificate of clusters that expires soon."""
    known = [each for each in platform.deployments() if each.cluster_certificate]
    if not known:
        return
    from mlproject.certificates import expiry_warning, renewal_command  # imports a large library

    for deployment in known:
        warning = expiry_warning(deployment, now=now)
        if warning:
            yield Message(
                "{warning}: create another one with `{command}`.",
                warning=warning,
                command=renewal_command(deployment),
            )


def _container_notes(definitions: Mapping[str, Definition], platform: Platform) -> Iterator[str]:
    """Yield a sentence for each container whose scripts cannot run on this machine."""
    from mlproject.runner.container.images import unsupported_reason  # imports the whole runner
    from mlproject.runner.container.interpreters import container_name, option_name

    steps: dict[tuple[str, str], dict[str, None]] = {}
    for deployment, pipeline in _pipelines_of(definitions, platform):
        region = deployment.environment.region
        for image, uri in deployed_images(definitions[pipeline.folder], parameters=pipeline.parameters, region=region):
            # The container of a model has another argument, and serves it outside the pipeline.
            if image.argument != "Image" and unsupported_reason(uri):
                steps.setdefault((pipeline.folder, container_name(uri)), {})[image.step] = None
    for (folder, container), names in steps.items():
        yield (
            Message(
                "pipelines/{folder}: the container {container} ({names}) runs on AWS. On this machine, its "
                "scripts run only with `mlproject run --image {option}=PYTHON`.",
                folder=folder,
                container=container,
                names=", ".join(names),
                option=option_name(container),
            )
        )


def _data_version_notes(definitions: Mapping[str, Definition], platform: Platform, root: Path) -> Iterator[str]:
    """Yield a sentence for each deployment that reads another version of the data than data.json describes."""
    folders = {name: root / "pipelines" / name for name in definitions}
    described = {
        name: read_dataset(folder).version for name, folder in folders.items() if (folder / DATA_FILE).exists()
    }
    for deployment, pipeline in _pipelines_of(definitions, platform):
        name = pipeline.folder
        used = read_data_version(definitions[name], pipeline.parameters)
        if name in described and used not in (None, described[name]):
            yield (
                Message(
                    "{deployment} reads version {used} of the data, but pipelines/{name}/{data_file} describes "
                    "version {described}. To read it, set {parameter}.",
                    deployment=deployment.names.path,
                    used=used,
                    name=name,
                    data_file=DATA_FILE,
                    described=described[name],
                    parameter=PARAMETER,
                )
            )


def _pipelines_of(definitions: Mapping[str, Definition], platform: Platform) -> Iterator[tuple[Deployment, Pipeline]]:
    """Yield each deployment with a pipeline whose folder is valid."""
    for deployment in platform.deployments():
        if deployment.pipeline and deployment.pipeline.folder in definitions:
            yield deployment, deployment.pipeline


def _data_findings(folder: Path) -> tuple[Finding, ...]:
    if not (folder / DATA_FILE).exists():
        return ()
    try:
        read_dataset(folder)
    except ParametersError as error:
        return error.findings
    return ()


def _is_used(folder: str, platform: Platform) -> bool:
    return any(each.pipeline and each.pipeline.folder == folder for each in platform.deployments())


def _mark_unused(finding: Finding) -> Finding:
    return replace(finding, message=Message("{message} (no project uses this pipeline)", message=finding.message))
