"""What `check` reports about locked libraries that is not an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mlproject.definition import Definition, read_definition
from mlproject.errors import UserError
from mlproject.libraries import LibraryList, image_notes, lock_notes, lock_problem
from mlproject.parameters import Deployment


def library_notes(
    lists: Sequence[LibraryList], deployments: Iterable[Deployment], definitions: Mapping[str, Definition]
) -> tuple[str, ...]:
    """Return each sentence about valid locks, and about images whose versions differ from those of the notebooks.

    Args:
        lists: the lists. Those whose lock is not up to date are left out, since that is an error.
        deployments: the deployments whose pipelines are compared with the notebooks of their projects.
        definitions: the valid definitions by folder.
    """
    valid = [each for each in lists if lock_problem(each) is None]
    notes = dict.fromkeys(lock_notes(valid))
    for deployment in deployments:
        pipeline = deployment.pipeline
        if pipeline is None or pipeline.folder not in definitions:
            continue
        for library_list in valid:
            if library_list.notebooks and library_list.project == deployment.project:
                notes |= dict.fromkeys(image_notes(library_list, definitions[pipeline.folder], pipeline.parameters))
    return tuple(notes)


def read_definitions(root: Path, deployments: Iterable[Deployment]) -> tuple[dict[str, Definition], tuple[str, ...]]:
    """Return the definitions of deployed pipelines by folder, and a sentence for each that cannot be read."""
    definitions, problems = {}, []
    for folder in sorted({each.pipeline.folder for each in deployments if each.pipeline}):
        try:
            definitions[folder] = read_definition(root / "pipelines" / folder)
        except UserError as error:
            problems.append(f"pipelines/{folder}: is not compared with the notebooks: {error}")
    return definitions, tuple(problems)
