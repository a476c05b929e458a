"""A pipeline on AWS is started, followed, and a failed step's log is fetched: against botocore's stubs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from mlproject.errors import UserError
from mlproject.runner import RunResult, run_on_aws
from mlproject.runner.aws import INTERVAL
from tests.runner.samples import definition, parameter

NAME = "flights-dev"
PIPELINE = f"arn:aws:sagemaker:eu-west-1:111111111111:pipeline/{NAME}"
ARN = f"{PIPELINE}/execution/abcdefghijkl"
JOB = "pipelines-abcdefghijkl-Train-1a2b3c"
BEGUN = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOCUMENT = definition(parameters=(parameter("Rounds", "Integer", 400), parameter("Commit", "String", "unknown")))


class Aws:
    """Stubbed clients, and what the follower told and waited."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
        self.sagemaker, self.logs = session.client("sagemaker"), session.client("logs")
        self.stubs = Stubber(self.sagemaker), Stubber(self.logs)
        self.told: list[tuple[str, str]] = []
        self.started: list[str] = []
        self.waited: list[float] = []

    def describes(self, document: dict[str, Any] = DOCUMENT) -> None:
        answer = {"PipelineDefinition": json.dumps(document)}
        self.stubs[0].add_response("describe_pipeline", answer, {"PipelineName": NAME})

    def starts(self, **parameters: str) -> None:
        given = [{"Name": name, "Value": value} for name, value in parameters.items()]
        expected = {"PipelineName": NAME, "PipelineParameters": given}
        self.stubs[0].add_response("start_pipeline_execution", {"PipelineExecutionArn": ARN}, expected)

    def shows(self, status: str, *steps: dict[str, Any], reason: str | None = None) -> None:
        """One look: the execution, then its steps."""
        execution: dict[str, Any] = {
            "PipelineExecutionArn": ARN,
            "PipelineExecutionStatus": status,
            "CreationTime": BEGUN,
            "LastModifiedTime": BEGUN + timedelta(minutes=9),
        }
        if reason:
            execution["FailureReason"] = reason
        self.stubs[0].add_response("describe_pipeline_execution", execution, {"PipelineExecutionArn": ARN})
        self.stubs[0].add_response(
            "list_pipeline_execution_steps",
            {"PipelineExecutionSteps": list(steps)},
            {"PipelineExecutionArn": ARN, "SortOrder": "Ascending"},
        )

    def run(self, **options: Any) -> RunResult:
        return run_on_aws(
            sagemaker=self.sagemaker,
            logs=self.logs,
            name=NAME,
            started=self.started.append,
            observer=lambda step: self.told.append((step.name, step.status)),
            pause=self.waited.append,
            **{"parameters": {}, "defaults": {}, **options},
        )


@pytest.fixture
def aws() -> Iterator[Aws]:
    made = Aws()
    with made.stubs[0], made.stubs[1]:
        yield made
        for stub in made.stubs:
            stub.assert_no_pending_responses()
    made.sagemaker.close()
    made.logs.close()


def step(name: str, status: str, *, minutes: float | None = None, **more: Any) -> dict[str, Any]:
    end = {} if minutes is None else {"EndTime": BEGUN + timedelta(minutes=minutes)}
    return {"StepName": name, "StepStatus": status, "StartTime": BEGUN, **end, **more}


def test_an_execution_is_started_with_the_given_values_and_followed_to_its_end(aws: Aws) -> None:
    package = {"RegisterModel": {"Arn": "arn:aws:sagemaker:eu-west-1:111111111111:model-package/flights-dev/3"}}
    aws.describes()
    aws.starts(Commit="abc", Rounds="5")
    aws.shows("Executing", step("Prepare", "Starting"))
    aws.shows("Executing", step("Prepare", "Executing"))
    aws.shows("Executing", step("Prepare", "Succeeded", minutes=4), step("Register", "Executing"))
    cached = {"SourcePipelineExecutionArn": f"{PIPELINE}/execution/older0000000"}
    aws.shows(
        "Succeeded",
        step("Prepare", "Succeeded", minutes=4, CacheHitResult=cached),
        step("Register", "Succeeded", minutes=5, Metadata=package),
    )
    result = aws.run(parameters={"Rounds": "5"}, defaults={"Commit": "abc", "Other": "x"})
    assert (result.status, result.failure, result.seconds) == ("Succeeded", None, 540)
    assert result.model_package_arn == package["RegisterModel"]["Arn"]
    assert (result.step("Prepare").seconds, result.step("Prepare").cached) == (240, True)
    assert aws.started == [ARN]
    assert aws.waited == [INTERVAL] * 3
    assert aws.told == [
        ("Prepare", "Executing"),
        ("Prepare", "Succeeded"),
        ("Register", "Executing"),
        ("Register", "Succeeded"),
    ]


def failed(aws: Aws) -> None:
    aws.describes()
    aws.starts()
    metadata = {"TrainingJob": {"Arn": f"arn:aws:sagemaker:eu-west-1:111111111111:training-job/{JOB}"}}
    aws.shows("Failed", step("Train", "Failed", minutes=2, FailureReason="AlgorithmError", Metadata=metadata))


def test_a_failed_steps_log_is_fetched_from_the_stream_that_spoke_last(aws: Aws) -> None:
    failed(aws)
    streams = [
        {"logStreamName": f"{JOB}/algo-2-1", "lastEventTimestamp": 1},
        {"logStreamName": f"{JOB}/algo-1-1", "lastEventTimestamp": 2},
    ]
    group = "/aws/sagemaker/TrainingJobs"
    aws.stubs[1].add_response(
        "describe_log_streams",
        {"logStreams": streams},
        {"logGroupName": group, "logStreamNamePrefix": f"{JOB}/"},
    )
    aws.stubs[1].add_response(
        "get_log_events",
        {"events": [{"message": "Traceback\n"}, {"message": "ValueError: no rows\n"}]},
        {"logGroupName": group, "logStreamName": f"{JOB}/algo-1-1", "limit": 15, "startFromHead": False},
    )
    assert aws.run().failure == (
        f"step Train failed: AlgorithmError\nThe last lines of {group}/{JOB}:\n  Traceback\n  ValueError: no rows"
    )


def test_a_log_that_may_not_be_read_is_said(aws: Aws) -> None:
    failed(aws)
    aws.stubs[1].add_client_error("describe_log_streams", "AccessDeniedException", "not yours")
    failure = aws.run().failure
    assert failure
    assert failure.endswith(f"/{JOB} cannot be read: not yours (AccessDeniedException)")


def test_a_failure_without_a_step_has_the_executions_reason(aws: Aws) -> None:
    aws.describes()
    aws.starts()
    aws.shows("Failed", reason="no capacity")
    assert aws.run().failure == "no capacity"


def test_a_wrong_parameter_starts_nothing(aws: Aws) -> None:
    aws.describes()
    with pytest.raises(UserError, match="must be a whole number"):
        aws.run(parameters={"Rounds": "many"})


def test_what_aws_refuses_is_raised(aws: Aws) -> None:
    aws.stubs[0].add_client_error("describe_pipeline", "ResourceNotFound", "no such pipeline")
    with pytest.raises(ClientError, match="no such pipeline"):
        aws.run()
