"""The services of a definition file whose scripts call AWS: local folders, and an embedded AWS with their objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlproject.runner.embedded.denials import MissingPermission
from mlproject.runner.results import StepResult
from mlproject.runner.script_aws import AwsConnection
from mlproject.runner.services import FolderServices, Services, StepServices
from mlproject.runner.storage.mirrored_store import MirroredStore
from mlproject.runner.storage.object_store import Store

# As boto3 reports it: HEAD requests have no error code, only a status.
_NOT_FOUND = re.compile(r"An error occurred \((?:404|NoSuchKey|NoSuchBucket)\)")


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
    yield ScriptAwsServices(local, store=store, variables=aws.variables, callers=callers)
    store.save_uploads_of_scripts(uploads)


class ScriptAwsServices(Services):
    """Services in local folders for a run whose processes can also use an embedded AWS.

    Args:
        local: the services in folders.
        store: the objects, also in the embedded AWS.
        variables: the environment variables of every process.
        callers: by the name of each step whose script calls AWS, the S3 URIs of its arguments without local data.
    """

    def __init__(
        self, local: FolderServices, *, store: Store, variables: Mapping[str, str], callers: Mapping[str, Sequence[str]]
    ) -> None:
        self._local = local
        self._store = store
        self._variables = variables
        self._callers = callers

    def for_step(self, step: str) -> StepServices:
        return _ScriptAwsStep(self._local, store=self._store, variables=self._variables, absent=self._callers.get(step))

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        self._local.record(execution_arn, status, failure, steps)


class _ScriptAwsStep(StepServices):
    def __init__(
        self, local: FolderServices, *, store: Store, variables: Mapping[str, str], absent: Sequence[str] | None
    ) -> None:
        self._local = local
        self._store = store
        self._variables = variables
        # What a script reads from AWS itself is not part of the cache key, and what it writes not of the result.
        self.is_cacheable = absent is None
        self._absent = absent or ()

    def store(self, role_arn: str) -> Store:
        return self._store

    def environment(self, role_arn: str) -> Mapping[str, str]:
        return self._variables

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._local.create_model_package(role_arn, arguments)

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._local.create_model(role_arn, arguments)

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
