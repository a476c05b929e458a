"""Check a pipeline's folder, and report the errors as findings like those in the parameters."""

from __future__ import annotations

from pathlib import Path

from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS, unknown_permissions
from mlproject.definition.document import DEFINITION_FILE, SOURCE_FILE, Definition, fn_sub_string, read_definition
from mlproject.definition.graph import every_step
from mlproject.definition.placeholders import split_hint
from mlproject.definition.resources.deployed_step import Location
from mlproject.definition.resources.step_resources import SAMPLE_NAMES, ResourceProblem, step_resources
from mlproject.definition.scripts.checks import step_findings
from mlproject.definition.service_model import step_types
from mlproject.definition.validate import check_definition
from mlproject.errors import UserError
from mlproject.parameters import Finding


def pipeline_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders in pipelines/ that contain a pipeline, built or not, sorted."""
    folders = {
        path.parent for name in (SOURCE_FILE, DEFINITION_FILE) for path in (root / "pipelines").glob(f"*/{name}")
    }
    return tuple(sorted(folders))


def folder_findings(folder: Path, *, root: Path) -> list[Finding]:
    """Return the errors that prevent the deployment of a pipeline.

    These are a definition that is stale or that AWS would reject, scripts that do not run in their images, and an
    image.txt that does not satisfy image.in.

    Args:
        folder: the pipeline's folder.
        root: the project's root, to which paths in findings are relative.
    """
    file = (folder / DEFINITION_FILE).relative_to(root).as_posix()
    try:
        definition = read_definition(folder)
        return [*_definition_findings(definition, file), *step_findings(definition, root=root)]
    except (UserError, UnicodeDecodeError) as error:
        return [_finding(error, folder, file)]


def _definition_findings(definition: Definition, file: str) -> list[Finding]:
    staleness = definition.staleness_message()
    messages = [(staleness, "")] if staleness else []
    messages += [split_hint(finding) for finding in check_definition(definition.document)]
    messages += [
        (f"step {step['Name']}: {unknown_permissions(step['Type'])}", "")
        for step in every_step(definition.document)
        if step["Type"] in step_types() and step["Type"] not in STEP_PERMISSIONS
    ]
    messages += [(problem.message, "") for problem in _resource_problems(definition)]
    findings = [Finding(file=file, line=None, key="", message=message, suggestion=hint) for message, hint in messages]
    try:
        fn_sub_string(definition, parameters={})  # reports placeholders of scripts that no longer exist
    except UserError as error:
        findings.append(_finding(error, definition.folder, file))
    return findings


def _resource_problems(definition: Definition) -> list[ResourceProblem]:
    """Return the arguments that identify no resource in any project. Those with parameters are checked per project."""
    somewhere = Location(partition="aws", region="eu-west-1", account="123456789012")
    found = step_resources(definition, {}, location=somewhere, placeholders=SAMPLE_NAMES)
    return [problem for problem in found.problems if not problem.parameters]


def _finding(error: Exception, folder: Path, file: str) -> Finding:
    message, hint = split_hint(str(error).removeprefix(f"{folder / DEFINITION_FILE}: "))
    return Finding(file=file, line=None, key="", message=message, suggestion=hint)
