"""The services of the embedded AWS for a step: its own role sessions, and the permission checks before it starts."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from mlproject.aws_rules.access_requests import AccessRequest, step_access_requests
from mlproject.errors import UserError
from mlproject.runner.embedded.applications import started_job_run
from mlproject.runner.embedded.clusters import added_step
from mlproject.runner.embedded.denials import MissingPermission, Permissions, session_arn
from mlproject.runner.embedded.internal_calls import InternalCalls
from mlproject.runner.embedded.model_registry import ModelRegistry
from mlproject.runner.embedded.sessions import Sessions
from mlproject.runner.services import StepServices
from mlproject.runner.spark import ClusterStep, JobRun
from mlproject.runner.steps.outcome import StepFailedError
from mlproject.runner.storage.object_store import Store
from mlproject.runner.storage.s3_store import S3Store


class EmbeddedStep(StepServices):
    """Services of one step.

    Args:
        step: the step's name.
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        sessions: the role sessions of the run.
        calls: the internal API of the server.
        permissions: whether missing permissions fail the step or are passed to `note`.
        note: records missing permissions.
    """

    def __init__(
        self,
        *,
        step: str,
        endpoint: str,
        region: str,
        sessions: Sessions,
        calls: InternalCalls,
        permissions: Permissions,
        note: Callable[[Sequence[MissingPermission]], None],
    ) -> None:
        self._step = step
        self._endpoint = endpoint
        self._region = region
        self._sessions = sessions
        self._calls = calls
        self._permissions = permissions
        self._note = note

    def store(self, role_arn: str) -> Store:
        return S3Store(self._sessions.client("s3", self._step, role_arn), endpoint=self._endpoint)

    def environment(self, role_arn: str) -> Mapping[str, str]:
        return self._variables(self._sessions.credentials(self._step, role_arn))

    @contextmanager
    def cluster_step(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> Iterator[ClusterStep]:
        emr = self._sessions.client("emr", self._step, role_arn)
        with added_step(emr, name, arguments, endpoint=self._endpoint) as added:
            credentials = self._sessions.node_credentials(self._step, added.instance_profile)
            yield ClusterStep(
                cluster_id=added.cluster_id, step_id=added.step_id, variables=self._variables(credentials)
            )

    @contextmanager
    def job_run(self, role_arn: str, name: str, arguments: Mapping[str, Any]) -> Iterator[JobRun]:
        client = self._sessions.client("emr-serverless", self._step, role_arn)
        with started_job_run(client, name, arguments, endpoint=self._endpoint) as run:
            credentials = self._sessions.job_credentials(self._step, run.role_arn)
            try:
                yield JobRun(
                    application_id=run.application_id,
                    job_run_id=run.job_run_id,
                    variables=self._variables(credentials),
                )
            except StepFailedError as error:
                self._record_job(run.arn, "FAILED", details=str(error))
                raise
            except BaseException:
                self._record_job(run.arn, "CANCELLED")
                raise
            self._record_job(run.arn, "SUCCESS")

    def _record_job(self, arn: str, state: str, *, details: str = "") -> None:
        """Record how a job ended, which the embedded AWS cannot know."""
        code, answer = self._calls.send("PUT", "job-runs", {"arn": arn, "state": state, "details": details})
        if code >= http.client.BAD_REQUEST:
            raise UserError(f"recording the job run: {answer.get('message')}", exit_code=1)

    def _variables(self, given: Mapping[str, str]) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._registry(role_arn).create_model_package(arguments)

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        return self._registry(role_arn).create_model(arguments)

    def _registry(self, role_arn: str) -> ModelRegistry:
        return ModelRegistry(self._sessions.client("sagemaker", self._step, role_arn), endpoint=self._endpoint)

    def missing_permissions(
        self, step_type: str, arguments: Mapping[str, Any], **facts: Any
    ) -> tuple[MissingPermission, ...]:
        requests = step_access_requests(step_type, arguments, **facts)
        missing = [each for role, items in requests.items() for each in self._check_permissions(role, items)]
        if self._permissions == "report":
            self._note(missing)
            return ()
        return tuple(missing)

    def denials(self) -> tuple[MissingPermission, ...]:
        return () if self._permissions == "report" else self._sessions.denials(self._step)

    def _check_permissions(self, role_arn: str, access_requests: Sequence[AccessRequest]) -> list[MissingPermission]:
        requests = [
            {"action": each.action, "resource": each.resource, "context": dict(each.context)}
            for each in access_requests
        ]
        body = {"role_arn": role_arn, "region": self._region, "requests": requests}
        code, answer = self._calls.send("POST", "permissions", body)
        if code != http.client.OK:
            raise UserError(f"checking the permissions of role {role_arn}: {answer.get('message', code)}", exit_code=1)
        return [
            MissingPermission(
                step=self._step,
                principal=session_arn(role_arn),
                action=request.action,
                resource=request.resource,
                reason=decision["reason"],
            )
            for request, decision in zip(access_requests, answer, strict=True)
            if not decision["allowed"]
        ]
