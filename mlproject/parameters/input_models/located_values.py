"""What people wrote for each deployment, with file and line: for what is found only after the parameters are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlproject.parameters.checks.projects import FILE
from mlproject.parameters.input_models.layers import split
from mlproject.parameters.loading import APART_IN_PROJECT
from mlproject.parameters.model import Deployment
from mlproject.parameters.platform import Platform
from mlproject.parameters.yaml_files.file import read
from mlproject.parameters.yaml_files.located import Located


@dataclass(frozen=True, kw_only=True)
class WrittenDeployment:
    """A deployment and where its values stand.

    Args:
        deployment: the values.
        values: the same as written in project.yaml, the environment's over the common ones.
    """

    deployment: Deployment
    values: Located

    def place(self, *path: str) -> Located:
        """Where a key stands; where the environment is named if nobody wrote the key."""
        return self.values.at(*path) or self.values


def written_deployments(root: Path, platform: Platform) -> Iterator[WrittenDeployment]:
    """Every deployment with its places.

    Args:
        root: the project's root.
        platform: what `load` read there, so that the files are known to be right.
    """
    for project, deployments in platform.projects.items():
        file = read(root / "projects" / project / FILE, root=root, findings=[])
        if file is None:
            continue
        layers = split(file, apart=APART_IN_PROJECT, findings=[])
        for deployment in deployments:
            yield WrittenDeployment(deployment=deployment, values=layers.merged(deployment.environment.name))
