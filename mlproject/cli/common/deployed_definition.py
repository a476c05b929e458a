"""The definition that a deployment's pipeline runs."""

from __future__ import annotations

from pathlib import Path

from mlproject.definition import Definition, read_definition, with_engine
from mlproject.node_scripts import step_bootstrap_arguments
from mlproject.parameters import Deployment


def read_deployed_definition(root: Path, deployment: Deployment) -> Definition | None:
    """Return the committed definition with the project's engine in the environment; None without a pipeline.

    Args:
        root: the project's root.
        deployment: the project in the environment.

    Raises:
        UserError: the definition cannot be read, or does not suit the engine.
    """
    if deployment.pipeline is None:
        return None
    definition = read_definition(root / "pipelines" / deployment.pipeline.folder)
    return with_engine(definition, deployment, bootstrap=step_bootstrap_arguments(deployment))
