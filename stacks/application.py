"""Create the CDK app and its stages from the parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk

from mlproject.assembly_cache import IDENTITY, Unit, select_units
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
    units: Sequence[Unit] | None = None,
) -> None:
    """Add the stages of all environments and projects, or only those of some units.

    Args:
        app: the app.
        platform: parameters of all environments and projects.
        pipelines: folder that contains the pipelines.
        moved: errors of networks that differ from the deployed ones, by environment.
        units: what is added; None adds everything. The network of an environment is always added to its stage.

    Raises:
        UserError: the definition of a pipeline is invalid.
    """
    selected = select_units(platform) if units is None else units
    deployments = [
        each for each in platform.deployments() if Unit(stage=each.environment.name, project=each.project) in selected
    ]
    definitions: dict[str, Definition] = {}
    for deployment in deployments:
        if deployment.pipeline and deployment.pipeline.folder not in definitions:
            definitions[deployment.pipeline.folder] = read_definition(pipelines / deployment.pipeline.folder)
    for name, each in platform.environments.items():
        if any(unit.stage == name for unit in selected):
            EnvironmentStage(
                app,
                environment=each,
                all_deployments=platform.deployments(environment=name),
                deployments=[deployment for deployment in deployments if deployment.environment.name == name],
                definitions=definitions,
                refusal=str(moved[name]) if name in moved else None,
                invalid_projects=[
                    project for project, invalid in platform.invalid_projects.items() if invalid.may_include(name)
                ],
            )
    if platform.gitlab and Unit(stage=IDENTITY) in selected:
        IdentityStage(app, gitlab=platform.gitlab, environments=tuple(platform.environments.values()))
