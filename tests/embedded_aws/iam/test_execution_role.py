"""A stack is deployed with the rights of its role, as CloudFormation does it, and not with the administrator's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import embedded_aws as aws
from tests.embedded_aws.iam.ground import Client, administrator, allow, document, make_role, refusal, session, trust

ROLES = f"arn:aws:iam::{aws.ACCOUNT}:role/"


@pytest.fixture(scope="session")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


def execution_role(client: Client, name: str, *actions: str, service: str = "cloudformation.amazonaws.com") -> str:
    iam = client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": service}))
    iam.put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=document(allow(list(actions), "*")))
    return str(made["Role"]["Arn"])


def deploy(client: Client, name: str, role: str) -> tuple[str, list[str]]:
    """Create a stack with one parameter as a role; its status, and what went wrong."""
    properties = {"Name": f"/{name}", "Type": "String", "Value": "x"}
    template = {"Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}}}
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), RoleARN=role)
    status = _settled(lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return status, [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]


def _settled(status: Callable[[], str]) -> str:
    while status().endswith("IN_PROGRESS"):
        pass
    return status()


def test_the_role_s_rights_are_enough(client: Client) -> None:
    role = execution_role(client, "execution-enough", "ssm:*")
    assert deploy(client, "execution-enough", role) == ("CREATE_COMPLETE", [])


def test_a_right_that_the_role_lacks_is_named_in_the_stack_s_events(client: Client) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"""
    role = execution_role(client, "execution-lacks", "sqs:*")
    status, reasons = deploy(client, "execution-lacks", role)
    assert status == "ROLLBACK_COMPLETE"
    assert "assumed-role/execution-lacks/cloudformation is not authorized to perform: ssm:PutParameter" in reasons[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [("execution-nobody", "there is no role"), ("execution-other", "cloudformation.amazonaws.com is not authorized")],
)
def test_a_role_that_cannot_be_assumed_is_told(client: Client, name: str, says: str) -> None:
    if name == "execution-other":
        execution_role(client, name, "ssm:*", service="ec2.amazonaws.com")
    status, reasons = deploy(client, name, f"{ROLES}{name}")
    assert status == "ROLLBACK_COMPLETE"
    assert f"Role {ROLES}{name} is invalid or cannot be assumed: {says}" in reasons[0]


def test_who_may_not_pass_the_role_may_not_deploy_with_it(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    role = execution_role(client, "execution-passed", "*")
    deployer = session(embedded_aws, make_role(client, "execution-deployer", allow("cloudformation:*", "*"))).client
    arguments: dict[str, Any] = {"StackName": "execution-passed", "TemplateBody": "{}", "RoleARN": role}
    told = refusal(lambda: deployer("cloudformation").create_stack(**arguments))
    assert f"iam:PassRole on resource: {role}" in (told or "")
