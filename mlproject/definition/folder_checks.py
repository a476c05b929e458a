"""Everything that is wrong with a pipeline's folder, as findings like those of the parameters."""

from __future__ import annotations

from pathlib import Path

from mlproject.definition.document import DEFINITION_FILE, SOURCE_FILE, Definition, read, substitution
from mlproject.definition.placeholders import without_hint
from mlproject.definition.step_checks import step_findings
from mlproject.definition.validate import check
from mlproject.errors import UserError
from mlproject.parameters import Finding


def pipeline_folders(root: Path) -> tuple[Path, ...]:
    """The folders of pipelines/ that hold a pipeline, built or not, sorted."""
    found = {path.parent for name in (SOURCE_FILE, DEFINITION_FILE) for path in (root / "pipelines").glob(f"*/{name}")}
    return tuple(sorted(found))


def folder_findings(folder: Path, *, root: Path) -> list[Finding]:
    """What keeps a pipeline from being deployed as it stands in its folder.

    That is: a definition that its sources no longer build or that AWS would refuse, scripts that do not run in their
    images, and a list of what the images hold that its own input contradicts.

    Args:
        folder: the pipeline's folder.
        root: the project's root, from which messages name the files.
    """
    file = (folder / DEFINITION_FILE).relative_to(root).as_posix()
    try:
        definition = read(folder)
        return [*_definition_findings(definition, file), *step_findings(definition, root=root)]
    except (UserError, UnicodeDecodeError) as error:
        return [_finding(error, folder, file)]


def _definition_findings(definition: Definition, file: str) -> list[Finding]:
    complaint = definition.complaint()
    found = [(complaint, "")] if complaint else []
    found += [without_hint(finding) for finding in check(definition.document)]
    findings = [Finding(file=file, line=None, key="", message=message, suggestion=hint) for message, hint in found]
    try:
        substitution(definition, parameters={})  # as the stack will: a script that is gone leaves its placeholder
    except UserError as error:
        findings.append(_finding(error, definition.folder, file))
    return findings


def _finding(error: Exception, folder: Path, file: str) -> Finding:
    message, hint = without_hint(str(error).removeprefix(f"{folder / DEFINITION_FILE}: "))
    return Finding(file=file, line=None, key="", message=message, suggestion=hint)
