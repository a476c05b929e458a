"""The embedded AWS as a run sees it: boto3 clients with the pipeline's role, and the server's internal calls."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.runner.results import StepResult
from mlproject.runner.s3 import S3Store, translated
from mlproject.runner.services import Services
from mlproject.runner.store import Store, UnreachableError

_SERVICE = "sagemaker.amazonaws.com"
_NOT_FOUND = {"ResourceNotFound", "ResourceNotFoundException", "ValidationException", "ValidationError"}
_TIMEOUT = 30.0  # seconds for an internal call
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineExecutionStep.html
_REASON_LIMIT = 1024


@dataclass(frozen=True, kw_only=True)
class DeployedPipeline:
    """What DescribePipeline says.

    Args:
        name: the pipeline's name in AWS.
        definition: the parsed definition, filled by CloudFormation.
        role_arn: the role that its jobs run as.
        parallel: steps at once (MaxParallelExecutionSteps), None if not given.
    """

    name: str
    definition: Mapping[str, Any]
    role_arn: str
    parallel: int | None


class EmbeddedAws(Services):
    """Services of a running embedded AWS; usable as a context manager, which closes its connections.

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        boto3_session: makes the clients; its own credentials are the user's.
    """

    def __init__(self, *, endpoint: str, region: str, boto3_session: Any) -> None:
        self.endpoint = endpoint
        self.region = region
        self._session = boto3_session
        self._calls = _InternalCalls(endpoint, boto3_session)
        self._credentials: dict[str, Mapping[str, str]] = {}
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; a closed one opens again when it is used."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
            self._calls.close()

    def describe_pipeline(self, name: str) -> DeployedPipeline:
        """Read a deployed pipeline back.

        Raises:
            UserError: it is not deployed.
        """
        with translated(f"pipeline {name}", self.endpoint):
            try:
                answer = self._client("sagemaker", None).describe_pipeline(PipelineName=name)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _NOT_FOUND:
                    raise
                raise UserError(
                    f"pipeline {name!r} is not deployed in {self.endpoint}, {self.region}; "
                    f"deploy it: cdk deploy '{name}/*'.",
                    exit_code=1,
                ) from error
        return DeployedPipeline(
            name=name,
            definition=json.loads(answer["PipelineDefinition"]),
            role_arn=answer["RoleArn"],
            parallel=answer.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps"),
        )

    def start_execution(self, name: str, parameters: Mapping[str, Any]) -> str:
        """Create the execution whose steps this machine will run; its ARN."""
        with translated(f"pipeline {name}", self.endpoint):
            answer = self._client("sagemaker", None).start_pipeline_execution(
                PipelineName=name,
                PipelineParameters=[{"Name": key, "Value": str(value)} for key, value in parameters.items()],
            )
        return str(answer["PipelineExecutionArn"])

    def store(self, role_arn: str) -> Store:
        return S3Store(self._client("s3", role_arn), endpoint=self.endpoint)

    def step_environment(self, role_arn: str) -> Mapping[str, str]:
        given = self._role(role_arn)
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def create_model_package(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        with translated("registering the model", self.endpoint):
            answer = self._client("sagemaker", role_arn).create_model_package(**arguments)
        return str(answer["ModelPackageArn"])

    def create_model(self, role_arn: str, arguments: Mapping[str, Any]) -> str:
        with translated("creating the model", self.endpoint):
            return str(self._client("sagemaker", role_arn).create_model(**arguments)["ModelArn"])

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        reason = {"failure_reason": failure[:_REASON_LIMIT]} if failure else {}
        body = {
            "arn": execution_arn,
            "region": self.region,
            "status": status,
            "steps": [_as_listed(step) for step in steps],
            **reason,
        }
        code, answer = self._calls.ask("PUT", "pipeline-executions", body)
        if code >= http.client.BAD_REQUEST:
            raise UserError(f"recording the execution: {answer.get('message')}", exit_code=1)

    def _role(self, role_arn: str) -> Mapping[str, str]:
        """Credentials of a role as SageMaker gets them, if the role trusts SageMaker."""
        with self._lock:
            if role_arn not in self._credentials:
                body = {"role_arn": role_arn, "service": _SERVICE, "region": self.region}
                code, answer = self._calls.ask("POST", "service-credentials", body)
                if code != http.client.OK:
                    raise UserError(f"role {role_arn}: {answer.get('message', code)}", exit_code=1)
                self._credentials[role_arn] = answer
            return self._credentials[role_arn]

    def _client(self, service: str, role_arn: str | None) -> Any:
        """A client with a role's credentials, or with the user's."""
        with self._lock:
            if (service, role_arn) not in self._clients:
                given = self._role(role_arn) if role_arn else {}
                config = Config(proxies={}, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})
                self._clients[service, role_arn] = self._session.client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=given.get("AccessKeyId"),
                    aws_secret_access_key=given.get("SecretAccessKey"),
                    aws_session_token=given.get("SessionToken"),
                    config=config,
                )
            return self._clients[service, role_arn]


class _InternalCalls:
    """The server's `/_mlproject/` calls over one connection that stays open, signed with the user's credentials."""

    def __init__(self, endpoint: str, boto3_session: Any) -> None:
        self._endpoint = endpoint
        self._session = boto3_session
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def ask(self, method: str, call: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send JSON; the status and the JSON of the answer.

        Raises:
            UnreachableError: nobody answers.
        """
        content = json.dumps(body).encode()
        with self._lock:
            for attempt in (1, 2):
                try:
                    connection = self._connection or self._connect()
                    headers = self._signed(method, call, content)
                    connection.request(method, f"/_mlproject/{call}", body=content, headers=headers)
                    answer = connection.getresponse()
                    text = answer.read()
                    return answer.status, json.loads(text) if text else {}
                except (OSError, http.client.HTTPException) as error:
                    # an idle connection may have been closed by the server: once more on a new one
                    if self._connection:
                        self._connection.close()
                    self._connection = None
                    if attempt == 2:
                        raise UnreachableError(self._endpoint) from error
        raise AssertionError("unreachable")

    def _signed(self, method: str, call: str, content: bytes) -> dict[str, str]:
        """The server lets nobody but its administrator make these calls."""
        url = f"{self._endpoint}/_mlproject/{call}"
        request = AWSRequest(method=method, url=url, data=content, headers={"Content-Type": "application/json"})
        SigV4Auth(self._session.get_credentials(), "mlproject", "local").add_auth(request)
        return dict(request.headers.items())

    def close(self) -> None:
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._endpoint)
        self._connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port, timeout=_TIMEOUT)
        return self._connection


def _as_listed(step: StepResult) -> dict[str, Any]:
    """A step as ListPipelineExecutionSteps shows it."""
    started = step.started or datetime.now(UTC)
    shown: dict[str, Any] = {
        "StepName": step.name,
        "StartTime": started.isoformat(),
        "StepStatus": step.status,
        "AttemptCount": 1,
    }
    if step.status != "Executing":
        shown["EndTime"] = (started + timedelta(seconds=step.seconds)).isoformat()
    if step.metadata:
        shown["Metadata"] = dict(step.metadata)
    if step.failure:
        shown["FailureReason"] = step.failure[:_REASON_LIMIT]
    if step.source:
        shown["CacheHitResult"] = {"SourcePipelineExecutionArn": step.source}
    return shown
