"""What the runner may record of an execution, and what is refused without a change."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from embedded_aws.pipeline_executions import (
    InvalidPipelineExecutionError,
    UnknownPipelineExecutionError,
    record_pipeline_execution,
)
from tests.embedded_aws.gaps.proofs_operations import allow_eventbridge, queue, topic
from tests.embedded_aws.gaps.proofs_sagemaker import execution, pipeline
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services


@pytest.fixture(scope="module")
def arn(moto_services: Services) -> str:
    pipeline(moto_services, "recorded-executions")
    return execution(moto_services, "recorded-executions")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"status": "Done"}, "Succeeded"),
        ({"steps": [{"StepStatus": "Succeeded", "Colour": "red"}]}, "Colour"),
        ({"steps": [{"StepName": "A", "StepStatus": "Done"}]}, "status of a step"),
        ({"steps": [{"StepName": "A", "StepStatus": "Succeeded", "StartTime": "yesterday"}]}, "ISO 8601"),
        ({"steps": [{"StepName": 1, "StepStatus": "Succeeded"}]}, "StepName"),
    ],
)
def test_a_record_that_sagemaker_could_not_show_is_refused(
    wrong: dict[str, Any], says: str, arn: str, moto_services: Services
) -> None:
    with pytest.raises(InvalidPipelineExecutionError, match=says):
        record_pipeline_execution(REGION, {"arn": arn, "status": "Succeeded", "steps": [], **wrong})
    shown = moto_services("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Executing"


@pytest.mark.parametrize(
    ("region", "other"),
    [
        (REGION, f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/none/execution/a"),
        (REGION, "not an ARN"),
        ("us-east-1", None),
    ],
)
def test_an_execution_that_the_region_does_not_have_is_unknown(region: str, other: str | None, arn: str) -> None:
    with pytest.raises(UnknownPipelineExecutionError):
        record_pipeline_execution(region, {"arn": other or arn, "status": "Succeeded", "steps": []})


def test_a_later_record_replaces_the_earlier_one(moto_services: Services) -> None:
    pipeline(moto_services, "recorded-twice")
    twice = execution(moto_services, "recorded-twice")
    step = {"StepName": "A", "StepStatus": "Failed", "Metadata": {"Fail": {"ErrorMessage": "too weak"}}}
    record = {"arn": twice, "status": "Failed", "failure_reason": "too weak", "steps": [step]}
    record_pipeline_execution(REGION, record)
    record_pipeline_execution(
        REGION, {"arn": twice, "status": "Succeeded", "steps": [{**step, "StepStatus": "Succeeded"}]}
    )
    sagemaker = moto_services("sagemaker")
    shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=twice)
    assert shown["PipelineExecutionStatus"] == "Succeeded"
    assert "FailureReason" not in shown
    assert shown["LastModifiedTime"] >= shown["CreationTime"]
    (listed,) = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=twice)["PipelineExecutionSteps"]
    assert listed["StepStatus"] == "Succeeded"
    assert listed["Metadata"] == {"Fail": {"ErrorMessage": "too weak"}}


def test_a_failed_execution_reaches_the_topic_of_a_rule_once(moto_services: Services) -> None:
    pipeline(moto_services, "recorded-failure")
    failed = execution(moto_services, "recorded-failure")
    topic_arn = topic(moto_services, "recorded-failure")
    allow_eventbridge(moto_services, topic_arn)
    url = queue(moto_services, topic_arn, "recorded-failure")
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
        "detail": {"pipelineArn": [failed.rpartition("/execution/")[0]], "currentPipelineExecutionStatus": ["Failed"]},
    }
    events = moto_services("events")
    events.put_rule(Name="recorded-failure", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="recorded-failure", Targets=[{"Id": "topic", "Arn": topic_arn}])

    for _ in range(2):  # the runner records an execution again whenever a step ends
        record_pipeline_execution(REGION, {"arn": failed, "status": "Failed", "steps": []})

    messages = moto_services("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    (event,) = (json.loads(message["Body"]) for message in messages)
    assert event["detail"]["pipelineExecutionArn"] == failed
    assert event["detail"]["previousPipelineExecutionStatus"] == "Executing"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", event["time"])
