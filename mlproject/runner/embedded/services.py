"""The services of the embedded AWS for a run: deployed pipelines, the execution record, and services for each step."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.runner.embedded.denials import MissingPermission, Permissions
from mlproject.runner.embedded.internal_calls import InternalCalls
from mlproject.runner.embedded.sessions import Sessions
from mlproject.runner.embedded.step_services import EmbeddedStep
from mlproject.runner.results import StepResult
from mlproject.runner.services import Services, StepServices
from mlproject.runner.storage.s3_store import translate_errors

_NOT_FOUND = {"ResourceNotFound", "ResourceNotFoundException", "ValidationException", "ValidationError"}
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineExecutionStep.html
_REASON_LIMIT = 1024


@dataclass(frozen=True, kw_only=True)
class DeployedPipeline:
    """A deployed pipeline, from the response of DescribePipeline.

    Args:
        name: the pipeline's name in AWS.
        definition: the parsed definition, with placeholders replaced by CloudFormation.
        role_arn: the role of its jobs.
        parallel: maximum number of parallel steps (MaxParallelExecutionSteps), None if not set.
    """

    name: str
    definition: Mapping[str, Any]
    role_arn: str
    parallel: int | None


class EmbeddedAws(Services):
    """Services of a running embedded AWS. As a context manager, it closes its connections.

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        boto3_session: creates the clients, and has the user's credentials.
        permissions: `enforce` denies calls without permission; `report` allows and records them.
    """

    def __init__(self, *, endpoint: str, region: str, boto3_session: Any, permissions: Permissions = "enforce") -> None:
        self.endpoint = endpoint
        self.region = region
        self.permissions = permissions
        self._calls = InternalCalls(endpoint, boto3_session)
        self._sessions = Sessions(
            endpoint=endpoint,
            region=region,
            boto3_session=boto3_session,
            calls=self._calls,
            permissions=permissions,
        )
        self._noted: list[MissingPermission] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection. The next call opens a new one."""
        self._sessions.close()
        self._calls.close()

    def describe_pipeline(self, name: str) -> DeployedPipeline:
        """Return a deployed pipeline.

        Raises:
            UserError: it is not deployed.
        """
        with translate_errors(f"pipeline {name}", self.endpoint):
            try:
                answer = self._sessions.client("sagemaker").describe_pipeline(PipelineName=name)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _NOT_FOUND:
                    raise
                raise UserError(
                    f"pipeline {name!r} is not deployed in {self.endpoint}, {self.region}. "
                    f"Deploy it: cdk deploy '{name}/*'.",
                    exit_code=1,
                    topic="not-deployed",
                ) from error
        return DeployedPipeline(
            name=name,
            definition=json.loads(answer["PipelineDefinition"]),
            role_arn=answer["RoleArn"],
            parallel=answer.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps"),
        )

    def describe_model(self, name: str) -> Mapping[str, Any]:
        """Return the arguments of CreateModel for a deployed model, with the container of its model package.

        Raises:
            UserError: there is no such model.
        """
        sagemaker = self._sessions.client("sagemaker")
        with translate_errors(f"model {name}", self.endpoint):
            model = sagemaker.describe_model(ModelName=name)
            container = model.get("PrimaryContainer", {})
            if "ModelPackageName" not in container:
                return dict(model)
            package = sagemaker.describe_model_package(ModelPackageName=container["ModelPackageName"])
        packaged = package["InferenceSpecification"]["Containers"][0]
        return {**model, "PrimaryContainer": {**packaged, **container}}

    def start_execution(self, name: str, parameters: Mapping[str, Any]) -> str:
        """Start the execution whose steps this machine will run, and return its ARN."""
        with translate_errors(f"pipeline {name}", self.endpoint):
            answer = self._sessions.client("sagemaker").start_pipeline_execution(
                PipelineName=name,
                PipelineParameters=[{"Name": key, "Value": str(value)} for key, value in parameters.items()],
            )
        return str(answer["PipelineExecutionArn"])

    def check_role(self, role_arn: str) -> None:
        """Get credentials of the pipeline's role to check that it can be used.

        Raises:
            UserError: the role does not exist or does not trust SageMaker.
        """
        self._sessions.credentials("", role_arn)

    def for_step(self, step: str) -> StepServices:
        return EmbeddedStep(
            step=step,
            endpoint=self.endpoint,
            region=self.region,
            sessions=self._sessions,
            calls=self._calls,
            permissions=self.permissions,
            note=self._note,
        )

    def missing(self) -> tuple[MissingPermission, ...]:
        """Return the permissions that the steps lack so far, without duplicates, grouped by step."""
        with self._lock:
            noted = [*self._noted, *self._sessions.denials()]
        order = {step: place for place, step in reversed(list(enumerate(each.step for each in noted)))}
        return tuple(sorted(dict.fromkeys(noted), key=lambda each: order[each.step]))

    def _note(self, missing: Sequence[MissingPermission]) -> None:
        with self._lock:
            self._noted += missing

    def record(self, execution_arn: str, status: str, failure: str | None, steps: tuple[StepResult, ...]) -> None:
        reason = {"failure_reason": failure[:_REASON_LIMIT]} if failure else {}
        body = {
            "arn": execution_arn,
            "region": self.region,
            "status": status,
            "steps": [_as_listed(step) for step in steps],
            **reason,
        }
        code, answer = self._calls.send("PUT", "pipeline-executions", body)
        if code >= http.client.BAD_REQUEST:
            raise UserError(f"recording the execution: {answer.get('message')}", exit_code=1)


def _as_listed(step: StepResult) -> dict[str, Any]:
    """Return a step in the form of ListPipelineExecutionSteps."""
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
