"""What a demo deploys and runs, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlproject import data
from mlproject.data import DATA_FILE, PreparedPush
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Platform
from mlproject.report import ReportSettings, read_settings

ENVIRONMENT = "local"


@dataclass(frozen=True, kw_only=True)
class PreparedDemo:
    """A demo.

    Args:
        deployment: the project in the environment.
        settings: what the report of its pipeline shows.
        push: its data set; None if its pipeline has none.
    """

    deployment: Deployment
    settings: ReportSettings
    push: PreparedPush | None


def prepare_demo(platform: Platform, project: str | None, *, root: Path) -> PreparedDemo:
    """Return what a demo of a project deploys and runs.

    Args:
        platform: the parameters.
        project: name of a folder in projects/; None for the first in the environment of demos.
        root: the checkout.

    Raises:
        UserError: the project is not in the environment of demos, or the files of its pipeline have errors.
    """
    deployment = _deployment(platform, project)
    if deployment.pipeline is None:
        return PreparedDemo(deployment=deployment, settings=ReportSettings(), push=None)
    folder = root / "pipelines" / deployment.pipeline.folder
    return PreparedDemo(
        deployment=deployment,
        settings=read_settings(folder),
        push=_push(folder, root=root) if (folder / DATA_FILE).exists() else None,
    )


def _push(folder: Path, *, root: Path) -> PreparedPush:
    dataset = data.read(folder)
    # The embedded AWS of a demo is empty, and nobody gives it a folder of this machine.
    if dataset.source is None or dataset.source.s3 is not None:
        raise UserError(
            f"pipelines/{folder.name}/{DATA_FILE}: `mlproject demo` can only upload files of the repository or of a "
            f"Python package. Describe a sample with `mlproject data lock {folder.name} --from data/SAMPLE`."
        )
    return data.prepare_push(dataset, root=root)


def _deployment(platform: Platform, project: str | None) -> Deployment:
    if ENVIRONMENT not in platform.environments:
        raise UserError(
            f"environments.yaml does not contain the environment {ENVIRONMENT}, to which `mlproject demo` deploys. "
            f"Add `{ENVIRONMENT}:` with an account and a network under `environments:`."
        )
    deployments = platform.deployments(project=project, environment=ENVIRONMENT)
    if not deployments:
        subject = f"projects/{project}/project.yaml does not list" if project else "no project.yaml lists"
        raise UserError(
            f"{subject} the environment {ENVIRONMENT}, to which `mlproject demo` deploys. "
            f"Add `{ENVIRONMENT}: {{}}` under `environments:`."
        )
    return deployments[0]
