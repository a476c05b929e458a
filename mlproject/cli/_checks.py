"""Everything that can be known before a deployment, of the parameters and the pipelines together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mlproject.definition import Definition, read
from mlproject.definition.document import DEFINITION_FILE
from mlproject.definition.folder_checks import folder_findings, pipeline_folders
from mlproject.definition.project_values import value_findings
from mlproject.definition.step_checks import unchecked_steps
from mlproject.parameters import Finding, ParametersError, Platform, changed_networks, load_parameters
from mlproject.parameters.checks.schedules import schedule_findings
from mlproject.parameters.input_models.located_values import locate_deployments


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found.

    Args:
        platform: the parameters; None if there are mistakes in them.
        findings: every mistake.
        notes: what nobody could check, a sentence each.
    """

    platform: Platform | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check_everything(root: Path, *, now: datetime) -> Checked:
    """Check the parameters, every folder of pipelines/, and what projects ask of their pipelines.

    Args:
        root: the project's root.
        now: an aware time, against which schedules are held.
    """
    findings: list[Finding] = []
    platform = None
    try:
        platform = load_parameters(root)
    except ParametersError as error:
        findings += error.findings
    definitions: dict[str, Definition] = {}
    for folder in pipeline_folders(root):
        if any(f"pipelines/{folder.name}/{DEFINITION_FILE} " in each.message for each in findings):
            continue  # said already, where a project names the folder
        found = folder_findings(folder, root=root)
        findings += found if platform is None or _is_used(folder.name, platform) else map(_of_unused_pipeline, found)
        if not found:
            definitions[folder.name] = read(folder)
    if platform:
        findings += changed_networks(root, platform.environments).values()
        written = list(locate_deployments(root, platform))
        findings += schedule_findings(written, now=now)
        findings += value_findings(written, definitions)
    notes = tuple(
        f"pipelines/{name}: the script of step {step} is not checked, since the Python of its image is not known."
        for name, definition in definitions.items()
        for step in unchecked_steps(definition)
    )
    return Checked(platform=platform, findings=tuple(findings), notes=notes)


def _is_used(folder: str, platform: Platform) -> bool:
    return any(each.pipeline.folder == folder for each in platform.deployments())


def _of_unused_pipeline(finding: Finding) -> Finding:
    return replace(finding, message=f"{finding.message} (no project uses this pipeline)")
