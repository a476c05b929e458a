"""From the platform's parameters to the stages of the application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk

from mlproject.definition import Definition, read
from mlproject.parameters import Finding, Platform
from stacks.stages import EnvironmentStage


def create_app(root: Path, *, outdir: str) -> cdk.App:
    """An app with the feature flags of cdk.json, so that it synthesizes the same with and without the CDK CLI.

    Args:
        root: the folder of cdk.json.
        outdir: where the cloud assembly goes.
    """
    settings: dict[str, Any] = json.loads((root / "cdk.json").read_text())
    return cdk.App(
        context=settings["context"], outdir=outdir, analytics_reporting=False, tree_metadata=False, stack_traces=False
    )


def add_stages(
    app: cdk.App,
    platform: Platform,
    *,
    pipelines: Path,
    moved: Mapping[str, Finding] = MappingProxyType({}),
    project: str | None = None,
    environment: str | None = None,
) -> None:
    """Add the stages of all environments and projects, or of the one that is wanted.

    Args:
        app: the app.
        platform: what environments.yaml and the projects' files say.
        pipelines: the folder of the pipelines.
        moved: environment to what is wrong, where the network is not the deployed one any more.
        project: only this project, with the networks of its environments.
        environment: only this environment.

    Raises:
        UserError: there is no such project or environment, or a pipeline's definition cannot be used.
    """
    deployments = platform.deployments(project=project, environment=environment)
    definitions: dict[str, Definition] = {}
    for deployment in deployments:
        folder = deployment.pipeline.folder
        if folder not in definitions:
            definitions[folder] = read(pipelines / folder)
    for name, each in platform.environments.items():
        own = [deployment for deployment in deployments if deployment.environment.name == name]
        if own or (project is None and environment in (None, name)):
            EnvironmentStage(
                app,
                environment=each,
                sharing=platform.deployments(environment=name),
                deployments=own,
                definitions=definitions,
                refusal=str(moved[name]) if name in moved else None,
                unknown=[
                    project for project, invalid in platform.invalid_projects.items() if invalid.may_include(name)
                ],
            )
