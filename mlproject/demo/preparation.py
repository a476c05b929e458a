"""What a demo deploys and runs, checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlproject import data
from mlproject.data import DATA_FILE, PreparedPush
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Platform
from mlproject.report import Report, ReportSettings, read_settings, read_translations, translate_settings
from mlproject.translation import Message, selected_language

ENVIRONMENT = "local"


@dataclass(frozen=True, kw_only=True)
class PreparedDemo:
    """A demo.

    Args:
        deployment: the project in the environment.
        settings: what the report of its pipeline shows.
        push: its data set; None if its pipeline has none.
        translations: the texts of the settings in the selected language.
    """

    deployment: Deployment
    settings: ReportSettings
    push: PreparedPush | None
    translations: Mapping[str, str] = field(default_factory=dict)

    def translate(self, report: Report) -> Report:
        """Return a report whose settings are in the selected language, as far as the pipeline has translations."""
        return replace(report, settings=translate_settings(report.settings, self.translations))


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
    settings = read_settings(folder)
    return PreparedDemo(
        deployment=deployment,
        settings=settings,
        translations=read_translations(folder, settings, selected_language()),
        push=_push(folder, root=root) if (folder / DATA_FILE).exists() else None,
    )


def _push(folder: Path, *, root: Path) -> PreparedPush:
    dataset = data.read(folder)
    # The embedded AWS of a demo is empty, and nobody gives it a folder of this machine.
    if dataset.source is None or dataset.source.s3 is not None:
        raise UserError(
            Message(
                "pipelines/{folder}/{file}: `mlproject demo` can only upload files of the repository or of a Python "
                "package. Describe a sample with `mlproject data lock {folder} --from data/SAMPLE`.",
                folder=folder.name,
                file=DATA_FILE,
            )
        )
    return data.prepare_push(dataset, root=root)


def _deployment(platform: Platform, project: str | None) -> Deployment:
    if ENVIRONMENT not in platform.environments:
        raise UserError(
            Message(
                "environments.yaml does not contain the environment {environment}, to which `mlproject demo` deploys. "
                "Add `{environment}:` with an account and a network under `environments:`.",
                environment=ENVIRONMENT,
            )
        )
    deployments = platform.deployments(project=project, environment=ENVIRONMENT)
    if not deployments:
        not_listed = Message("projects/{project}/project.yaml does not list", project=project)
        raise UserError(
            Message(
                "{subject} the environment {environment}, to which `mlproject demo` deploys. "
                "Add `{environment}: {{}}` under `environments:`.",
                subject=not_listed if project else Message("no project.yaml lists"),
                environment=ENVIRONMENT,
            )
        )
    return deployments[0]
