"""Keys of units: a hash of everything on which the synthesized files of a unit depend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mlproject.assembly_cache.hashes import hash_files, hash_installed_packages, hash_values
from mlproject.assembly_cache.units import IDENTITY, Unit
from mlproject.aws_rules.network_requirements import combined_requirements
from mlproject.cdk_cli import VALIDATION
from mlproject.parameters import Deployment, Finding, Platform

# What a synthesis reads of the checkout, besides projects/ and pipelines/.
CHECKOUT = ("app.py", "cdk.json", "requirements", "pipeline_builder")
# What it reads of the product, wherever `mlproject` is installed.
PRODUCT = ("mlproject", "lifecycle_scripts", "bootstrap_actions")
# Variables of the CDK that change no template; each other one may. The CDK CLI alone reads the last two, which
# `mlproject local env` sets.
_IGNORED_VARIABLES = frozenset(
    {
        "CDK_OUTDIR",
        "CDK_CONTEXT_JSON",
        "CDK_DEFAULT_ACCOUNT",
        "CDK_DEFAULT_REGION",
        "CDK_CLI_VERSION",
        VALIDATION,
        "CDK_DISABLE_VERSION_CHECK",
        "CDK_DISABLE_CLI_TELEMETRY",
    }
)
# Context that selects stacks, or concerns only the bundling of assets.
_IGNORED_CONTEXT = frozenset({"project", "environment", "units", "fresh", "aws:cdk:bundling-stacks"})


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything on which a synthesis depends.

    Args:
        root: the checkout.
        stacks: the folder of the package `stacks`.
        platform: parameters of all environments and projects.
        moved: errors of networks that differ from the deployed ones, by environment.
        context: context of the app, as passed by the CDK CLI.
        variables: environment variables of the app.
    """

    root: Path
    stacks: Path
    platform: Platform
    moved: Mapping[str, Finding]
    context: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @cached_property
    def common_key(self) -> str:
        """Key of what all units share: the code, the installed packages, and the context."""
        return hash_values(
            hash_files(self.root, CHECKOUT),
            hash_files(self.stacks.parent, [self.stacks.name]),
            hash_files(Path(__file__).parents[2], PRODUCT),
            hash_installed_packages(),
            {name: value for name, value in self.context.items() if name not in _IGNORED_CONTEXT},
            {
                name: value
                for name, value in self.variables.items()
                if name.startswith("CDK_") and name not in _IGNORED_VARIABLES
            },
        )

    def key(self, unit: Unit) -> str:
        """Return the key of a unit."""
        if unit.stage == IDENTITY:
            return hash_values(self.common_key, str(unit), self._identity)
        stage = (self.common_key, str(unit), *self._stage(unit.stage))
        if unit.project is None:
            requirements = combined_requirements(self.platform.deployments(environment=unit.stage))
            return hash_values(*stage, repr(requirements))
        deployment = self._deployments[unit.project, unit.stage]
        pipeline = self._pipeline_folders[deployment.pipeline.folder] if deployment.pipeline else None
        return hash_values(*stage, deployment.model_dump_json(), self._project_folders[unit.project], pipeline)

    def _stage(self, environment: str) -> tuple[Any, ...]:
        """Return what all units of an environment depend on."""
        refusal = str(self.moved[environment]) if environment in self.moved else None
        invalid = [name for name, each in self.platform.invalid_projects.items() if each.may_include(environment)]
        return self.platform.environments[environment].model_dump_json(), refusal, invalid

    @property
    def _identity(self) -> list[str]:
        gitlab = self.platform.gitlab
        environments = [each.model_dump_json() for each in self.platform.environments.values()]
        return [*([gitlab.model_dump_json()] if gitlab else []), *environments]

    @cached_property
    def _deployments(self) -> dict[tuple[str, str], Deployment]:
        return {(each.project, each.environment.name): each for each in self.platform.deployments()}

    @cached_property
    def _project_folders(self) -> dict[str, str]:
        """Hash of each project's files. The values of project.yaml are in the deployments."""
        return {
            name: hash_files(self.root / "projects" / name, self._files_of(name)) for name in self.platform.projects
        }

    def _files_of(self, project: str) -> list[str]:
        folder = self.root / "projects" / project
        return sorted(path.name for path in folder.glob("*") if path.name != "project.yaml")

    @cached_property
    def _pipeline_folders(self) -> dict[str, str]:
        """Hash of each pipeline, and of the modules that pipelines may import of each other."""
        folders = {each.pipeline.folder for each in self._deployments.values() if each.pipeline}
        modules = [path.relative_to(self.root).as_posix() for path in (self.root / "pipelines").glob("*/*.py")]
        shared = hash_files(self.root, sorted(modules))
        return {name: hash_values(shared, hash_files(self.root, [f"pipelines/{name}"])) for name in folders}
