"""The alarms of the operations stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from mlproject.names import Names
from mlproject.outcome import Outcome, ok, problem

_TYPE = "AWS::CloudWatch::Alarm"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html (AlarmNames)
_BATCH = 100


def check_alarms(names: Names, client: Callable[[str], Any]) -> Iterator[Outcome]:
    """Check that each alarm of the stack exists, is not in the state ALARM, and notifies."""
    stack = names.stack("operations")
    deploy = f"run `mlproject deploy {names.project} --environment {names.environment}`"
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    try:
        resources = [each for page in pages for each in page["StackResourceSummaries"]]
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        yield problem("alarms", f"{stack} is not deployed", deploy)
        return
    expected = {
        each["PhysicalResourceId"]: each["LogicalResourceId"] for each in resources if each["ResourceType"] == _TYPE
    }
    found = _describe_alarms(client("cloudwatch"), list(expected))
    outcomes = [_check_alarm(name, found.get(name), deploy) for name in expected]
    problems = [each for each in outcomes if each]
    yield from problems
    if not problems:
        yield ok("alarms", f"{len(expected)} alarms of {stack} exist and notify, and none is in the state ALARM")


def _describe_alarms(cloudwatch: Any, alarms: list[str]) -> dict[str, Mapping[str, Any]]:
    batches = [alarms[start : start + _BATCH] for start in range(0, len(alarms), _BATCH)]
    found = [each for batch in batches for each in cloudwatch.describe_alarms(AlarmNames=batch)["MetricAlarms"]]
    return {each["AlarmName"]: each for each in found}


def _check_alarm(name: str, alarm: Mapping[str, Any] | None, deploy: str) -> Outcome | None:
    if alarm is None:
        return problem(
            "alarm", f"{name} does not exist, so nobody is notified", "`mlproject drift` lists what was changed by hand"
        )
    if not alarm["ActionsEnabled"]:
        return problem("alarm", f"{name} does not notify, since its actions are disabled", deploy)
    if alarm["StateValue"] == "ALARM":
        return problem(
            "alarm",
            f"{name} is in the state ALARM: {alarm.get('StateReason')}",
            str(alarm.get("AlarmDescription", "see the alarm in CloudWatch")),
        )
    return None
