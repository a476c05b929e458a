"""The services of a definition file whose scripts call AWS: local folders, and an embedded AWS with their objects."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlproject.runner.embedded.denials import MissingPermission
from mlproject.runner.embedded.model_registry import ModelRegistry
from mlproject.runner.results import StepResult
from mlproject.runner.script_aws import AwsConnection
from mlproject.runner.services import FolderServices, Services, StepServices
from mlproject.runner.spark import ClusterStep, JobRun
from mlproject.runner.steps.emr_arguments import submit_arguments
from mlproject.runner.steps.emr_serverless_arguments import job_arguments
from mlproject.runner.storage.mirrored_store import MirroredStore
from mlproject.runner.storage.object_store import Store

# As boto3 reports it: HEAD requests have no error code, only a status.
_NOT_FOUND = re.compile(r"An error occurred \((?:404|NoSuchKey|NoSuchBucket)\)")

_URI = re.compile(r"s3://[^/\s]+/\S+")
_ROLE_ACCOUNT = re.compile(r"^(arn:[^:]+:iam::)\d{12}")


@contextmanager
def script_services(
    *,
    local: FolderServices,
    aws: AwsConnection,
    buckets: Iterable[str],
    data: Iterable[str],
    callers: Mapping[str, Sequence[str]],
    uploads: Path,
) -> Iterator[Services]:
    """Put the data into an embedded AWS, and return services with its endpoint; at the end, save what scripts uploaded.

    Args:
        local: the services in folders.
        aws: the embedded AWS.
        buckets: the buckets that scripts expect.
        data: the S3 URIs of local data.
        callers: by the name of each step whose script calls AWS, the S3 URIs of its arguments without local data.
        uploads: the folder for objects that scripts have uploaded themselves.

    Raises:
        UserError: a bucket or an object cannot be created.
    """
    store = MirroredStore(local.objects, aws.s3, endpoint=aws.endpoint)
    for bucket in buckets:
        store.create_bucket(bucket)
    for uri in data:
        store.list(uri)
    yield ScriptAwsServices(local, store=store, models=_Models(local, store=store, aws=aws), aws=aws, callers=callers)
    store.save_uploads_of_scripts(uploads)


class _Models:
    """Models and model packages in the embedded AWS of a run and in its folder, which remains; thread-safe.

    Args:
        local: the services in folders.
        store: the objects that the models refer to.
        aws: the embedded AWS.
    """

    def __init__(self, local: FolderServices, *, store: Store, aws: AwsConnection) -> None:
        self._local = local
        self._store = store
        self._account = aws.account
        self._registry = ModelRegistry(aws.sagemaker, endpoint=aws.endpoint)
        self._lock = threading.Lock()

    def register(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Register a model as AWS does: in a group that it creates, unless it exists."""
        self._copy_objects(arguments)
        group = str(arguments.get("ModelPackageGroupName") or "").rpartition("/")[2]
        with self._lock:
            if group:
                self._registry.create_group(group)
            arn = self._registry.create_model_package(arguments)
        self._local.create_model_package(role_arn, arguments)
        return arn

    def create(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        """Create a model."""
        self._copy_objects(arguments)
        role = arguments.get("ExecutionRoleArn")
        # A role can only be passed within its account, and the account of the definition does not exist here.
        own = {"ExecutionRoleArn": _ROLE_ACCOUNT.sub(rf"\g<1>{self._account}", role)} if role else {}
        arn = self._registry.create_model({**arguments, **own})
        self._local.create_model(role_arn, arguments)
        return arn

    def _copy_objects(self, arguments: Any) -> None:
        """Copy the artifacts that arguments refer to: those of reused steps are only in the folder so far."""
        if isinstance(arguments, str) and _URI.fullmatch(arguments):
            self._store.list(arguments)
        elif isinstance(arguments, Mapping):
            for value in arguments.values():
                self._copy_objects(value)
        elif isinstance(arguments, list):
            for value in arguments:
                self._copy_objects(value)


class ScriptAwsServices(Services):
    """Services in local folders for a run whose processes can also use an embedded AWS.

    Args:
        local: the services in folders.
        store: the objects, also in the embedded AWS.
        models: the models, also in the embedded AWS.
        aws: the embedded AWS, whose environment variables every process gets.
        callers: by the name of each step whose script calls AWS, the S3 URIs of its arguments without local data.
    """

    def __init__(
        self,
        local: FolderServices,
        *,
        store: Store,
        models: _Models,
        aws: AwsConnection,
        callers: Mapping[str, Sequence[str]],
    ) -> None:
        self._local = local
        self._store = store
        self._models = models
        self._variables = aws.variables
        self._callers = callers

    def for_step(self, step: str) -> StepServices:
        return _ScriptAwsStep(
            store=self._store, models=self._models, variables=self._variables, absent=self._callers.get(step)
        )

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        self._local.record(execution_arn, status, failure, steps)


class _ScriptAwsStep(StepServices):
    def __init__(
        self, *, store: Store, models: _Models, variables: Mapping[str, str], absent: Sequence[str] | None
    ) -> None:
        self._store = store
        self._models = models
        self._variables = variables
        # What a script reads from AWS itself is not part of the cache key, and what it writes not of the result.
        self.is_cacheable = absent is None
        self._absent = absent or ()

    def store(self, role_arn: str) -> Store:
        return self._store

    def environment(self, role_arn: str) -> Mapping[str, str]:
        return self._variables

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._models.register(role_arn, arguments)

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._models.create(role_arn, arguments)

    @contextmanager
    def cluster_step(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> Iterator[ClusterStep]:
        """Yield a step without a cluster, whose script and data are in the embedded AWS."""
        self._copy_objects(submit_arguments(arguments))
        cluster_id = str(arguments.get("ClusterId", "j-LOCAL"))
        yield ClusterStep(cluster_id=cluster_id, step_id="s-LOCAL", variables=self._variables)

    @contextmanager
    def job_run(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> Iterator[JobRun]:
        """Yield a job run without an application, whose script and data are in the embedded AWS."""
        self._copy_objects(job_arguments(arguments))
        application_id = str(arguments.get("ApplicationId", "local"))
        yield JobRun(application_id=application_id, job_run_id="local", variables=self._variables)

    def _copy_objects(self, words: Sequence[str]) -> None:
        for word in words:
            if _URI.fullmatch(word):
                self._store.list(word)

    def missing_permissions(
        self, step_type: str, arguments: Mapping[str, Any], **facts: Any
    ) -> tuple[MissingPermission, ...]:
        """Return nothing: the administrator's credentials allow everything."""
        return ()

    def denials(self) -> tuple[MissingPermission, ...]:
        return ()

    def failure_hint(self, reason: str) -> str:
        if not _NOT_FOUND.search(reason):
            return ""
        options = " ".join(f"--data {uri}=PATH" for uri in self._absent or ("s3://bucket/key",))
        return (
            "The AWS of this run contains only local data and the outputs of its steps. Add what the script reads: "
            f"{options}"
        )
