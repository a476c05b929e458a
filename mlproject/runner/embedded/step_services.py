"""The embedded AWS as one step sees it: with sessions of its own, and with the questions that AWS would ask first."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlproject.aws_rules.access_requests import AccessRequest, step_access_requests
from mlproject.errors import UserError
from mlproject.runner.embedded.denials import Missing, Permissions, session_of
from mlproject.runner.embedded.internal_calls import InternalCalls
from mlproject.runner.embedded.sessions import Sessions
from mlproject.runner.services import StepServices
from mlproject.runner.storage.object_store import Store
from mlproject.runner.storage.s3_store import S3Store, translated


class EmbeddedStep(StepServices):
    """Services of one step.

    Args:
        step: its name.
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        sessions: of the run.
        calls: the server's own.
        permissions: whether what is missing stops the step, or is told to `note`.
        note: keeps what is missing.
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
        note: Callable[[Sequence[Missing]], None],
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
        given = self._sessions.credentials(self._step, role_arn)
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
        with translated("registering the model", self._endpoint):
            answer = self._sessions.client("sagemaker", self._step, role_arn).create_model_package(**arguments)
        return str(answer["ModelPackageArn"])

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        with translated("creating the model", self._endpoint):
            answer = self._sessions.client("sagemaker", self._step, role_arn).create_model(**arguments)
        return str(answer["ModelArn"])

    def lacking(self, step_type: str, arguments: Mapping[str, Any], **facts: Any) -> tuple[Missing, ...]:
        questions = step_access_requests(step_type, arguments, **facts)
        missing = [each for role, asked in questions.items() for each in self._ask(role, asked)]
        if self._permissions == "report":
            self._note(missing)
            return ()
        return tuple(missing)

    def refusals(self) -> tuple[Missing, ...]:
        return () if self._permissions == "report" else self._sessions.refusals(self._step)

    def _ask(self, role_arn: str, questions: Sequence[AccessRequest]) -> list[Missing]:
        requests = [
            {"action": each.action, "resource": each.resource, "context": dict(each.context)} for each in questions
        ]
        body = {"role_arn": role_arn, "region": self._region, "requests": requests}
        code, answer = self._calls.ask("POST", "permissions", body)
        if code != http.client.OK:
            raise UserError(f"asking what role {role_arn} may do: {answer.get('message', code)}", exit_code=1)
        return [
            Missing(
                step=self._step,
                principal=session_of(role_arn),
                action=question.action,
                resource=question.resource,
                reason=decision["reason"],
            )
            for question, decision in zip(questions, answer, strict=True)
            if not decision["allowed"]
        ]
