"""The values of each deployment with file and line, for checks that run after the parameters are loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlproject.parameters.checks.projects import FILE
from mlproject.parameters.input_models.layers import split_layers
from mlproject.parameters.loader import PROJECT_FILE_KEYS
from mlproject.parameters.model import Deployment
from mlproject.parameters.platform import Platform
from mlproject.parameters.yaml_files.file import read_yaml
from mlproject.parameters.yaml_files.located import Located


@dataclass(frozen=True, kw_only=True)
class LocatedDeployment:
    """A deployment with the file and line of each value.

    Args:
        deployment: the validated values.
        values: the values as written in project.yaml, with the environment's overrides applied.
    """

    deployment: Deployment
    values: Located

    def place(self, *path: str) -> Located:
        """Return the location of a key; if the key is not written, the location of the environment's entry."""
        return self.values.at(*path) or self.values


def locate_deployments(root: Path, platform: Platform) -> Iterator[LocatedDeployment]:
    """Yield every deployment with the location of its values.

    Args:
        root: the repository root.
        platform: the parameters loaded from `root`, so the files are known to be valid.
    """
    for project, deployments in platform.projects.items():
        file = read_yaml(root / "projects" / project / FILE, root=root, findings=[])
        if file is None:
            continue
        layers = split_layers(file, file_level_keys=PROJECT_FILE_KEYS, findings=[])
        for deployment in deployments:
            yield LocatedDeployment(deployment=deployment, values=layers.merged(deployment.environment.name))
