"""Create a project: write its files to a temporary folder, validate them, and move them into the checkout."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from mlproject import data
from mlproject.errors import UserError
from mlproject.files import temporary_folder, write_atomically
from mlproject.parameters import Finding, ParametersError
from mlproject.parameters.input_models import constraints
from mlproject.templates import definition
from mlproject.templates.dataset import SAMPLE_TARGET, copy_sample, describe_own_data, describe_sample
from mlproject.templates.project import NewProject, OwnData, render_project_file
from mlproject.translation import Message, joined

# Not tracked by git, and on the same file system as the checkout.
TEMPORARY = Path(".mlproject")
# The keys of project.yaml whose values are arguments.
ARGUMENTS = {
    "name": "NAME",
    "owner": "--owner",
    "cost_centre": "--cost-centre",
    "operations.emails[0]": "--email",
    "operations.monthly_budget_usd": "--budget",
}

# Python imports the folder, and it is part of keys in S3.
PIPELINE_NAME = r"[a-z][a-z0-9_]{0,62}"
NAMES = Message("Choose another name of lower-case letters, digits and single hyphens that starts with a letter.")


def create_project(
    project: NewProject, *, root: Path, validate: Callable[[Path], Sequence[Finding]]
) -> tuple[Path, ...]:
    """Create a project, all of it or nothing.

    Args:
        project: the values.
        root: the checkout.
        validate: returns every error in a checkout.

    Returns:
        the new folders, relative to the checkout.

    Raises:
        UserError: a folder exists, or the values are invalid. Nothing is written then.
    """
    if not constraints.matches(constraints.PROJECT_NAME, project.name):
        raise UserError(Message("{project!r} is not a valid project name. {names}", project=project.name, names=NAMES))
    # The project is the last, so that it never refers to a missing pipeline.
    folders = (*_pipeline_folders(project.pipeline, project.data), Path("projects", project.name))

    def write(stage: Path) -> None:
        write_atomically(stage / "projects" / project.name / "project.yaml", render_project_file(project))
        if project.pipeline:
            _write_pipeline(project.pipeline, project.data, root=root, stage=stage)

    _create(folders, write=write, root=root, validate=validate)
    return folders


def create_pipeline(
    name: str, *, data_set: OwnData | None, root: Path, validate: Callable[[Path], Sequence[Finding]]
) -> tuple[Path, ...]:
    """Create a pipeline without a project, all of it or nothing.

    Args:
        name: the pipeline's folder.
        data_set: the data set; None for the sample.
        root: the checkout.
        validate: returns every error in a checkout.

    Returns:
        the new folders, relative to the checkout.

    Raises:
        UserError: a folder exists, or the values are invalid. Nothing is written then.
    """
    if not constraints.matches(PIPELINE_NAME, name):
        raise UserError(
            Message(
                "{name!r} is not a valid pipeline name. Use lower-case letters, digits and _, a letter first.",
                name=name,
            )
        )
    folders = _pipeline_folders(name, data_set)

    def write(stage: Path) -> None:
        _write_pipeline(name, data_set, root=root, stage=stage)

    _create(folders, write=write, root=root, validate=validate)
    return folders


def _create(
    folders: Sequence[Path],
    *,
    write: Callable[[Path], None],
    root: Path,
    validate: Callable[[Path], Sequence[Finding]],
) -> None:
    """Write folders to a temporary checkout, validate it, and move them."""
    _require_absent(folders, root=root)
    with temporary_folder(root / TEMPORARY / "new") as stage:
        shutil.copyfile(root / "environments.yaml", stage / "environments.yaml")
        write(stage)
        findings = validate(stage)
        if findings:
            # A name that is too long makes derived names too long.
            of_name = [each for each in findings if each.key == "name"]
            raise UserError(joined("\n", dict.fromkeys(map(_describe, of_name or findings))))
        _move(folders, source=stage, target=root)


def _pipeline_folders(pipeline: str | None, data_set: OwnData | None) -> tuple[Path, ...]:
    """Return the folders of a pipeline, in the order of their creation."""
    if pipeline is None:
        return ()
    sample = () if data_set else (Path("data", pipeline),)
    return (*sample, Path("pipelines", pipeline))


def _require_absent(folders: Sequence[Path], *, root: Path) -> None:
    for folder in folders:
        if (root / folder).exists():
            raise UserError(
                Message(
                    "{folder} exists already, so nothing was created. Choose another name, or delete the folder.",
                    folder=folder,
                ),
                topic="project-exists",
            )


def _write_pipeline(name: str, data_set: OwnData | None, *, root: Path, stage: Path) -> None:
    """Write the pipeline's folder, and the sample of the data set if there is no other."""
    folder = stage / "pipelines" / name
    shutil.copytree(
        definition.FOLDER / "steps", folder / "steps", ignore=shutil.ignore_patterns("__pycache__"), copy_function=_copy
    )
    for package in (folder.parent, folder):
        (package / "__init__.py").touch()
    for list_file in ("image.in", "image.txt"):
        _copy(definition.FOLDER / list_file, folder / list_file)
    if data_set is None:
        copy_sample(stage / "data" / name)
        dataset, target = describe_sample(stage / "data" / name, root=stage), SAMPLE_TARGET
    else:
        dataset, target = describe_own_data(data_set, root=root), data_set.target
    data.write(folder, dataset)
    source = definition.render_source(pipeline=name, target=target, data_version=dataset.version)
    write_atomically(folder / "pipeline.py", source)
    definition.link_sources(root, stage)
    definition.write_definition(pipeline=name, target=target, data_version=dataset.version, root=stage)


def _copy(source: str | Path, target: str | Path) -> None:
    """Copy the content only: the installed template may be read-only."""
    shutil.copyfile(source, target)


def _move(folders: Sequence[Path], *, source: Path, target: Path) -> None:
    """Move the folders into the checkout. If one cannot be moved, move the others back."""
    moved: list[Path] = []
    try:
        for folder in folders:
            (target / folder).parent.mkdir(exist_ok=True)
            (source / folder).rename(target / folder)
            moved.append(folder)
    except OSError as error:
        for each in moved:
            (target / each).rename(source / each)
        raise UserError(
            Message("{folder}: cannot be created ({reason}), so nothing was.", folder=folder, reason=error.strerror),
            exit_code=1,
        ) from error


def _describe(finding: Finding) -> str:
    """Return an error in a generated file as an error in the argument that causes it."""
    argument = ARGUMENTS.get(finding.key)
    if argument == "NAME":
        # The remedies of the file's own check are about an existing folder.
        return joined(". ", (finding.message.partition(". ")[0], NAMES))
    if argument:
        allowed = Message(" Allowed: {values}.", values=finding.allowed) if finding.allowed else ""
        return joined("", (argument, ": ", finding.message, ".", allowed))
    return ParametersError([finding]).message
