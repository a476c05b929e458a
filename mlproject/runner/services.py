"""What a run needs besides its steps: objects, credentials, the model registry, a record of what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from mlproject.files import write_atomically
from mlproject.runner.embedded.denials import Missing
from mlproject.runner.results import StepResult
from mlproject.runner.storage.folder_store import FolderStore
from mlproject.runner.storage.object_store import Store

OBJECTS = "objects"


class StepServices(Protocol):
    """What one step needs."""

    def store(self, role_arn: str) -> Store:
        """The objects as a role sees them."""

    def environment(self, role_arn: str) -> Mapping[str, str]:
        """The variables by which the step's process reaches the services as a role."""

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Register a model; its ARN."""

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Create a model; its ARN."""

    def lacking(self, step_type: str, arguments: Mapping[str, Any], **facts: Any) -> tuple[Missing, ...]:
        """What AWS would refuse to a step that is about to start; nothing where it shall start all the same.

        Args:
            step_type: such as `Processing`.
            arguments: resolved.
            facts: as `step_access_requests` takes them.
        """

    def refusals(self) -> tuple[Missing, ...]:
        """What has been refused to the step."""


class Services(Protocol):
    """The embedded AWS (embedded.py), or a folder (below)."""

    def for_step(self, step: str) -> StepServices:
        """The services as a step reaches them."""

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        """Note how far an execution is."""


class FolderServices(Services, StepServices):
    """Everything in a folder: objects by bucket and key, model packages and models as JSON files.

    Args:
        folder: the folder; objects are below `objects/`.
        code: where step scripts are looked up by name.
        data: local files by S3 URI.
    """

    def __init__(self, folder: Path, *, code: Path | None = None, data: Mapping[str, Path] | None = None) -> None:
        self._folder = folder
        self._store = FolderStore(folder / OBJECTS, code=code, data=data)

    def for_step(self, step: str) -> StepServices:
        return self

    def store(self, role_arn: str) -> Store:
        return self._store

    def environment(self, role_arn: str) -> Mapping[str, str]:
        return {}

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        group = str(arguments.get("ModelPackageGroupName") or arguments.get("ModelPackageName") or "models")
        version = 1
        while True:
            path = self._folder / "model-packages" / group / f"{version}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.touch(exist_ok=False)  # two runs at once take two numbers
            except FileExistsError:
                version += 1
                continue
            write_atomically(path, json.dumps(arguments, indent=2, sort_keys=True))
            return f"arn:aws:sagemaker:local:000000000000:model-package/{group}/{version}"

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        name = arguments["ModelName"]
        write_atomically(self._folder / "models" / f"{name}.json", json.dumps(arguments, indent=2, sort_keys=True))
        return f"arn:aws:sagemaker:local:000000000000:model/{name}"

    def lacking(self, step_type: str, arguments: Mapping[str, Any], **facts: Any) -> tuple[Missing, ...]:
        """A folder refuses nothing."""
        return ()

    def refusals(self) -> tuple[Missing, ...]:
        return ()

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        """Nobody asks: the run folder holds what there is to see."""
