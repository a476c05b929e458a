"""The schedules that start and stop notebooks, and their role in the embedded AWS, which fires no schedules itself."""

from __future__ import annotations

import datetime
import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.parameters import Hours
from tests.stacks.assembly import Stack
from tests.stacks.notebook_account import filled

SCHEDULE = "AWS::Scheduler::Schedule"
REGION = "us-east-1"
NAMES = {"hours": "beta-owned-notebook-hours", "notebooks": "beta-owned-notebooks"}
Clients = Callable[[str], Any]


@pytest.fixture
def beta(example_stacks: Mapping[str, Stack]) -> Stack:
    """A notebook with hours on weekdays, one with hours at night, and one that is started by hand."""
    return example_stacks["owned/beta/notebooks"]


def schedules(stack: Stack) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in stack.resources(SCHEDULE).values()]


def hours_role(stack: Stack) -> dict[str, Any]:
    roles: list[dict[str, Any]] = [each["Properties"] for each in stack.resources("AWS::IAM::Role").values()]
    (found,) = (role for role in roles if role["RoleName"] == NAMES["hours"])
    return found


def test_each_notebook_with_hours_starts_and_stops_on_its_days_in_its_time_zone(beta: Stack) -> None:
    found = {
        (each["Target"]["Arn"].rpartition(":")[2], json.loads(each["Target"]["Input"])["NotebookInstanceName"]): (
            each["ScheduleExpression"],
            each["ScheduleExpressionTimezone"],
        )
        for each in schedules(beta)
    }
    assert found == {
        ("startNotebookInstance", "beta-owned-office"): ("cron(30 8 ? * MON,TUE,WED,THU,FRI *)", "Europe/Madrid"),
        ("stopNotebookInstance", "beta-owned-office"): ("cron(10 20 ? * MON,TUE,WED,THU,FRI *)", "Europe/Madrid"),
        # It stops on the next day, which after Sunday is Monday.
        ("startNotebookInstance", "beta-owned-night"): ("cron(0 22 ? * SAT,SUN *)", "UTC"),
        ("stopNotebookInstance", "beta-owned-night"): ("cron(15 6 ? * MON,SUN *)", "UTC"),
    }
    # A stop that comes late would end the work of somebody who has come back.
    assert {each["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] for each in schedules(beta)} == {300}


def test_the_schedule_stops_ten_minutes_after_the_instance_itself_also_over_midnight() -> None:
    late = Hours(start="08:00", stop="23:55", days=("FRI", "SUN"), timezone="Europe/Madrid")
    assert (late.stop_days, late.stop_expression) == (("FRI", "SUN"), "cron(5 0 ? * MON,SAT *)")
    night = Hours(start="22:00", stop="06:05", days=("SUN",))
    assert (night.stop_days, night.stop_expression) == (("MON",), "cron(15 6 ? * MON *)")
    # From Friday evening to Sunday evening, over a change to summer time.
    friday = datetime.datetime(2026, 3, 27, 23, 0, tzinfo=datetime.UTC)
    assert late.next_stop(friday).isoformat() == "2026-03-29T23:55:00+02:00"


def test_without_hours_nothing_starts_a_notebook(example_stacks: Mapping[str, Stack]) -> None:
    stack = example_stacks["owned/alpha/notebooks"]
    assert not stack.resources(SCHEDULE, "AWS::Scheduler::ScheduleGroup")
    assert len(stack.resources("AWS::IAM::Role")) == 1


def test_a_retained_notebook_is_not_started_after_its_stack_is_deleted(beta: Stack) -> None:
    types = ("AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup")
    assert all(resource.get("DeletionPolicy", "Delete") == "Delete" for resource in beta.resources(*types).values())
    retained = beta.resources("AWS::SageMaker::NotebookInstance").values()
    assert {resource["DeletionPolicy"] for resource in retained} == {"RetainExceptOnCreate"}


@pytest.fixture
def clients(embedded_aws: aws.Server) -> Clients:
    given = embedded_aws.environment(aws.ACCOUNT, REGION)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return lambda service: session.client(service, endpoint_url=embedded_aws.endpoint)


def fire(server: aws.Server, target: Mapping[str, Any], *, group_arn: str) -> None:
    """Call the target of a schedule as EventBridge Scheduler does: with the role, which trusts it for this group only.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """
    url = f"{server.endpoint}/_embedded/service-credentials"
    body = {"role_arn": target["RoleArn"], "service": "scheduler.amazonaws.com", "region": REGION}
    data = json.dumps({**body, "source_arn": group_arn}).encode()
    headers = aws.signed(server.administrator, "POST", url, data)
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method="POST")) as answer:  # noqa: S310
        given = json.load(answer)
    service, operation = target["Arn"].split(":")[-2:]
    client = boto3.client(
        service,
        region_name=REGION,
        endpoint_url=server.endpoint,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    getattr(client, xform_name(operation))(**json.loads(target["Input"]))


@pytest.mark.tries_permissions
def test_the_role_starts_and_stops_these_notebooks_and_may_do_nothing_else(
    beta: Stack, embedded_aws: aws.Server, clients: Clients
) -> None:
    in_account = json.loads(json.dumps(hours_role(beta)).replace("444444444444", aws.ACCOUNT))
    group_arn = clients("scheduler").create_schedule_group(Name="beta-hours")["ScheduleGroupArn"]
    trust = in_account["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Condition"]["StringEquals"]["aws:SourceArn"] = group_arn
    iam = clients("iam")
    for name in NAMES.values():
        iam.create_role(RoleName=name, Path="/machine-learning/", AssumeRolePolicyDocument=json.dumps(trust))
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    (policy,) = in_account["Policies"]
    document = json.dumps(filled(policy["PolicyDocument"], key=key))
    iam.put_role_policy(RoleName=NAMES["hours"], PolicyName="permissions", PolicyDocument=document)
    role_arn = f"arn:aws:iam::{aws.ACCOUNT}:role/machine-learning/"
    for name in ("office", "night", "by-hand"):
        clients("sagemaker").create_notebook_instance(
            NotebookInstanceName=f"beta-owned-{name}",
            InstanceType="ml.t3.medium",
            RoleArn=role_arn + NAMES["notebooks"],
        )
    # All notebooks run now, so they are stopped first.
    for each in sorted(schedules(beta), key=lambda each: each["Target"]["Arn"], reverse=True):
        target = {**each["Target"], "RoleArn": role_arn + NAMES["hours"]}
        expected = "InService" if target["Arn"].endswith("startNotebookInstance") else "Stopped"
        fire(embedded_aws, target, group_arn=group_arn)
        found = clients("sagemaker").describe_notebook_instance(**json.loads(target["Input"]))
        assert found["NotebookInstanceStatus"] == expected
    others = (
        {"Input": json.dumps({"NotebookInstanceName": "beta-owned-by-hand"})},
        {"Arn": target["Arn"].replace("startNotebookInstance", "deleteNotebookInstance")},
    )
    for other in others:
        with pytest.raises(ClientError, match="AccessDenied"):
            fire(embedded_aws, {**target, **other}, group_arn=group_arn)
