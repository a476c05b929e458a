"""The services that a run uses: objects, credentials, the model registry and the execution record."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from mlproject.errors import UserError
from mlproject.files import create_atomically, write_atomically
from mlproject.runner.embedded.denials import MissingPermission
from mlproject.runner.results import StepResult
from mlproject.runner.spark import ClusterStep, JobRun
from mlproject.runner.storage.folder_store import FolderStore
from mlproject.runner.storage.object_store import Store

OBJECTS = "objects"


class StepServices(Protocol):
    """The services of one step."""

    # Whether the step's arguments and inputs determine its result, so that a later run can reuse it.
    is_cacheable: bool = True

    def store(self, role_arn: str) -> Store:
        """Return the objects that a role can access."""

    def environment(self, role_arn: str) -> Mapping[str, str]:
        """Return the environment variables with which the step's process accesses the services as a role."""

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Register a model, and return its ARN."""

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Create a model, and return its ARN."""

    def cluster_step(
        self, role_arn: str, name: str, arguments: Mapping[str, Any]
    ) -> AbstractContextManager[ClusterStep]:
        """Add an EMR step to its cluster as a role, until the end of the context.

        Args:
            role_arn: the pipeline's role.
            name: the step's name.
            arguments: resolved.
        """

    def job_run(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> AbstractContextManager[JobRun]:
        """Start the job run of an EMRServerless step as a role. The end of the context is that of the job.

        Args:
            role_arn: the pipeline's role.
            name: the step's name.
            arguments: resolved.
        """

    def missing_permissions(
        self, step_type: str, arguments: Mapping[str, Any], **facts: Any
    ) -> tuple[MissingPermission, ...]:
        """Return the permissions that a step lacks to start; empty if they are reported instead of enforced.

        Args:
            step_type: such as `Processing`.
            arguments: resolved.
            facts: as in `step_access_requests`.
        """

    def denials(self) -> tuple[MissingPermission, ...]:
        """Return the permissions that the step was denied."""

    def failure_hint(self, reason: str) -> str:
        """Return how to fix a failure of the step that has to do with the services; empty if that is unknown."""
        return ""


class Services(Protocol):
    """The services of a run: the embedded AWS (`EmbeddedAws`) or a folder (`FolderServices`)."""

    def for_step(self, step: str) -> StepServices:
        """Return the services of a step."""

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        """Record the status of an execution and of its started steps."""


class FolderServices(Services, StepServices):
    """Services in a folder: objects by bucket and key, model packages and models as JSON files.

    Args:
        folder: the folder; objects are below `objects/`.
        code: the folder of step scripts, found by name.
        data: local files by S3 URI.
    """

    def __init__(self, folder: Path, *, code: Path | None = None, data: Mapping[str, Path] | None = None) -> None:
        self._folder = folder
        self.objects = FolderStore(folder / OBJECTS, code=code, data=data)

    def for_step(self, step: str) -> StepServices:
        return self

    def store(self, role_arn: str) -> Store:
        return self.objects

    def environment(self, role_arn: str) -> Mapping[str, str]:
        return {}

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        group = str(arguments.get("ModelPackageGroupName") or arguments.get("ModelPackageName") or "models")
        folder = self._folder / "model-packages" / group
        text = json.dumps(arguments, indent=2, sort_keys=True)
        # Concurrent runs get different versions.
        version = next(number for number in itertools.count(1) if create_atomically(folder / f"{number}.json", text))
        return f"arn:aws:sagemaker:local:000000000000:model-package/{group}/{version}"

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        name = arguments["ModelName"]
        write_atomically(self._folder / "models" / f"{name}.json", json.dumps(arguments, indent=2, sort_keys=True))
        return f"arn:aws:sagemaker:local:000000000000:model/{name}"

    def cluster_step(
        self, role_arn: str, name: str, arguments: Mapping[str, Any]
    ) -> AbstractContextManager[ClusterStep]:
        raise _no_spark(name)

    def job_run(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> AbstractContextManager[JobRun]:
        raise _no_spark(name)

    def missing_permissions(
        self, step_type: str, arguments: Mapping[str, Any], **facts: Any
    ) -> tuple[MissingPermission, ...]:
        """Return nothing: a folder has no permissions."""
        return ()

    def denials(self) -> tuple[MissingPermission, ...]:
        return ()

    def failure_hint(self, reason: str) -> str:
        if "NoCredentialsError" not in reason:
            return ""
        return (
            "This run has no embedded AWS, because no script of the definition imports a client of AWS that is known "
            "here. Add `import boto3` to the script of the step."
        )

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        """Do nothing: the run folder contains the record."""


def _no_spark(name: str) -> UserError:
    return UserError(f"step {name}: Spark reads S3, and this run has no embedded AWS. Use `mlproject run`.")
