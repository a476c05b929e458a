"""Create the CDK app and its stages from the parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk

from mlproject.definition import Definition, read_definition
from mlproject.parameters import Finding, Platform
from stacks.identity.stack import IdentityStage
from stacks.stages import EnvironmentStage


def create_app(root: Path, *, outdir: str) -> cdk.App:
    """Create an app with the feature flags of cdk.json, so that the output is the same with and without the CDK CLI.

    Args:
        root: folder that contains cdk.json.
        outdir: output folder of the cloud assembly.
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
    """Add the stages of all environments and projects, or only of the selected ones.

    The stage `identity` is added if nothing is selected: a deployment of a project does not include it.

    Args:
        app: the app.
        platform: parameters of all environments and projects.
        pipelines: folder that contains the pipelines.
        moved: errors of networks that differ from the deployed ones, by environment.
        project: only this project, with the networks of its environments.
        environment: only this environment.

    Raises:
        UserError: the project or environment does not exist, or the definition of a pipeline is invalid.
    """
    deployments = platform.deployments(project=project, environment=environment)
    definitions: dict[str, Definition] = {}
    for deployment in deployments:
        if deployment.pipeline and deployment.pipeline.folder not in definitions:
            definitions[deployment.pipeline.folder] = read_definition(pipelines / deployment.pipeline.folder)
    for name, each in platform.environments.items():
        selected = [deployment for deployment in deployments if deployment.environment.name == name]
        if selected or (project is None and environment in (None, name)):
            EnvironmentStage(
                app,
                environment=each,
                all_deployments=platform.deployments(environment=name),
                deployments=selected,
                definitions=definitions,
                refusal=str(moved[name]) if name in moved else None,
                invalid_projects=[
                    project for project, invalid in platform.invalid_projects.items() if invalid.may_include(name)
                ],
            )
    if platform.gitlab and project is None and environment is None:
        IdentityStage(app, gitlab=platform.gitlab, environments=tuple(platform.environments.values()))
