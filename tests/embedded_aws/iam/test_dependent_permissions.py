"""Which permissions a call needs besides its own: read from its parameters, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from embedded_aws.iam import context
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.dependent_permissions import passed_roles, read_template, set_tags, used_keys
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.request_context import request_keys
from embedded_aws.iam.resources import AccountRegion

ACCOUNT = "123456789012"
PLACE = AccountRegion(region="eu-west-1", account=ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"


def call(service: str, operation: str, **parameters: Any) -> Call:
    return Call(
        service=service,
        operation=operation,
        parameters=parameters,
        protocol="json",
        region="eu-west-1",
        headers={},
        method="POST",
    )


def passed(made: Call) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [
        (check.action, check.resource, check.context.values("iam:PassedToService"))
        for check in passed_roles(made, PLACE)
    ]


@pytest.mark.parametrize(
    ("made", "to"),
    [
        (call("sagemaker", "CreatePipeline", RoleArn=ROLE), "sagemaker.amazonaws.com"),
        (call("scheduler", "CreateSchedule", Target={"RoleArn": ROLE}), "scheduler.amazonaws.com"),
        (call("events", "PutTargets", Targets=[{"Id": "1", "RoleArn": ROLE}]), "events.amazonaws.com"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.operation,
)
def test_a_role_is_passed_to_the_service_that_gets_it(made: Call, to: str) -> None:
    assert passed(made) == [("iam:PassRole", ROLE, (to,))]


def test_a_role_given_twice_is_one_question_and_two_roles_are_two() -> None:
    other = f"{ROLE}-2"
    targets = [{"RoleArn": ROLE}, {"RoleArn": ROLE}, {"RoleArn": other}]
    assert [role for _, role, _ in passed(call("events", "PutTargets", Targets=targets))] == [ROLE, other]


@pytest.mark.parametrize("name", ["TaskRoleArn", "TASKROLE", "Nested.TaskRole"])
def test_a_role_where_the_table_knows_none_is_refused_by_name(name: str) -> None:
    outer, _, inner = name.partition(".")
    with pytest.raises(UndecidableError) as refused:
        passed_roles(call("sagemaker", "CreateThing", **{outer: {inner: ROLE} if inner else ROLE}), PLACE)
    assert str(refused.value) == (
        f"the embedded AWS does not know to which service sagemaker:CreateThing passes the role in {name}"
    )


@pytest.mark.parametrize(
    "made",
    [
        call("iam", "GetRole", RoleArn=ROLE),
        call("sts", "AssumeRole", RoleArn=ROLE),
        call("sagemaker", "CreateThing", Description=ROLE),
        call("sagemaker", "CreateThing", TaskRoleArn="pipeline"),
        call("sagemaker", "CreateThing", TaskRoleArn=f"arn:aws:iam::{ACCOUNT}:user/bob"),
        call("sagemaker", "CreateThing", TaskRoleArn="arn:aws:s3:::data:role/x"),
        call("sagemaker", "CreateThing", TaskRoleArn=f" {ROLE}"),
        call("elsewhere", "CreateThing"),
    ],
    ids=lambda made: f"{made.service} {made.parameters}",
)
def test_what_only_names_a_role_or_names_none_passes_nothing(made: Call) -> None:
    assert passed_roles(made, PLACE) == []


OWN = [PermissionCheck(action="x:Create", resource="arn:own", context=context.of({"aws:RequestTag/team": "a"}))]


@pytest.mark.parametrize(
    ("made", "own", "action", "resource"),
    [
        (call("sagemaker", "CreateModel", Tags=[{}]), "arn:own", "sagemaker:AddTags", "arn:own"),
        (call("emr", "RunJobFlow", Tags=[{}]), "arn:own", "elasticmapreduce:AddTags", "arn:own"),
        (call("iam", "CreatePolicy", Tags=[{}]), "arn:own", "iam:TagPolicy", "arn:own"),
        (call("kms", "CreateKey", Tags=[{}]), "*", "kms:TagResource", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"),
        (
            call("emr-serverless", "CreateApplication", tags={"team": "a"}),
            "*",
            "emr-serverless:TagResource",
            f"arn:aws:emr-serverless:eu-west-1:{ACCOUNT}:/applications/*",
        ),
        (
            call("logs", "CreateLogGroup", tags={"team": "a"}),
            "arn:group:log-stream:",
            "logs:TagResource",
            "arn:group",
        ),
        (call("ec2", "AllocateAddress", TagSpecifications=[{}]), "arn:ip/*", "ec2:CreateTags", "arn:ip/*"),
        (call("ec2", "AllocateAddress", TagSpecifications=[{}]), None, "ec2:CreateTags", None),
    ],
    ids=lambda value: str(getattr(value, "operation", value)),
)
def test_tags_of_a_new_resource_need_the_action_that_tags_it(
    made: Call, own: str | None, action: str, resource: str | None
) -> None:
    checks = [PermissionCheck(action="x:Create", resource=own, context=OWN[0].context)]
    (check,) = set_tags(made, checks, PLACE)
    assert (check.action, check.resource) == (action, resource)
    assert check.context.values("aws:RequestTag/team") == ("a",)
    assert check.context.values("ec2:CreateAction") == ((made.operation,) if made.service == "ec2" else ())


@pytest.mark.parametrize(
    "made",
    [
        call("sagemaker", "CreateModel"),
        call("sagemaker", "CreateModel", Tags=[]),
        call("sagemaker", "AddTags", Tags=[{}]),
        call("s3", "CreateBucket", Tags=[{}]),
        call("sagemaker", "CreateModel", Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "a"}]),
    ],
    ids=lambda made: f"{made.service} {made.operation} {made.parameters}",
)
def test_a_call_that_creates_nothing_or_tags_nothing_needs_no_more(made: Call) -> None:
    assert set_tags(made, OWN, PLACE) == []


def test_tags_of_aws_are_no_tags_of_the_request() -> None:
    system = {"Key": "aws:cloudformation:stack-name", "Value": "a"}
    made = call("sagemaker", "CreateModel", Tags=[system, {"Key": "team", "Value": "b"}])
    assert request_keys(made, "127.0.0.1").values("aws:TagKeys") == ("team",)
    assert request_keys(made, "127.0.0.1").values("aws:RequestTag/aws:cloudformation:stack-name") == ()
    assert [check.action for check in set_tags(made, OWN, PLACE)] == ["sagemaker:AddTags"]


def test_the_existing_resources_of_a_call_to_ec2_are_not_tagged() -> None:
    existing = PermissionCheck(action="ec2:CreateSubnet", resource="arn:vpc/vpc-1")
    new = PermissionCheck(action="ec2:CreateSubnet", resource="arn:subnet/*")
    made = call("ec2", "CreateSubnet", TagSpecifications=[{}])
    assert [check.resource for check in set_tags(made, [existing, new], PLACE)] == ["arn:subnet/*"]


def test_a_template_in_s3_is_read_with_the_callers_rights() -> None:
    url = "https://assets.s3.eu-west-1.amazonaws.com/a/template.json"
    (check,) = read_template(call("cloudformation", "CreateStack", TemplateURL=url), PLACE)
    assert (check.action, check.resource) == ("s3:GetObject", "arn:aws:s3:::assets/a/template.json")


@pytest.mark.parametrize(
    "made",
    [
        call("cloudformation", "CreateStack", TemplateBody="{}"),
        call("cloudformation", "CreateStack", TemplateURL="ftp://elsewhere/template.json"),
        call("sagemaker", "CreateStack", TemplateURL="https://assets.s3.eu-west-1.amazonaws.com/a"),
    ],
    ids=lambda made: f"{made.service} {made.parameters}",
)
def test_a_template_elsewhere_needs_no_permission_to_read(made: Call) -> None:
    assert read_template(made, PLACE) == []


KEY = "1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
ENCRYPT, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:topic"
QUEUE = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/queue"


@pytest.fixture(scope="module")
def encrypted() -> Iterator[None]:
    """A secret, a parameter, a topic and a queue with a key of the account, and a topic without one."""
    # moto would set variables with credentials, also for the other tests.
    with mock_aws(config={"core": {"mock_credentials": False}}):
        session = boto3.Session("testing", "testing", region_name="eu-west-1")
        clients = {name: session.client(name) for name in ("secretsmanager", "sns", "sqs", "ssm")}
        clients["secretsmanager"].create_secret(Name="secret", SecretString="x", KmsKeyId=KEY)
        clients["ssm"].put_parameter(Name="/team/secure", Value="x", Type="SecureString", KeyId=KEY)
        clients["ssm"].put_parameter(Name="plain", Value="x", Type="String")
        clients["sns"].create_topic(Name="topic", Attributes={"KmsMasterKeyId": KEY})
        clients["sns"].create_topic(Name="open")
        clients["sqs"].create_queue(QueueName="queue", Attributes={"KmsMasterKeyId": KEY})
        yield


@pytest.mark.usefixtures("encrypted")
@pytest.mark.parametrize(
    ("made", "actions", "service", "told"),
    [
        (call("secretsmanager", "GetSecretValue", SecretId="secret"), [DECRYPT], "secretsmanager", "SecretARN"),
        (call("ssm", "GetParameter", Name="/team/secure", WithDecryption=True), [DECRYPT], "ssm", "PARAMETER_ARN"),
        (call("ssm", "GetParameters", Names=["/team/secure"], WithDecryption=True), [DECRYPT], "ssm", "PARAMETER_ARN"),
        (call("sns", "Publish", TopicArn=TOPIC), [ENCRYPT, DECRYPT], "sns", "aws:sns:topicArn"),
        (call("sns", "PublishBatch", TargetArn=TOPIC), [ENCRYPT, DECRYPT], "sns", "aws:sns:topicArn"),
        (call("sqs", "SendMessage", QueueUrl=QUEUE), [ENCRYPT, DECRYPT], "sqs", "aws:sqs:arn"),
        (call("sqs", "SendMessageBatch", QueueUrl=QUEUE), [ENCRYPT, DECRYPT], "sqs", "aws:sqs:arn"),
        (call("sqs", "ReceiveMessage", QueueUrl=QUEUE), [DECRYPT], "sqs", "aws:sqs:arn"),
    ],
    ids=lambda value: getattr(value, "operation", ""),
)
def test_what_is_encrypted_is_used_with_the_callers_right_to_the_key(
    made: Call, actions: list[str], service: str, told: str
) -> None:
    checks = used_keys(made, PLACE)
    assert [check.action for check in checks] == actions
    assert {check.resource for check in checks} == {f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{KEY}"}
    for check in checks:
        assert check.context.values("kms:ViaService") == (f"{service}.eu-west-1.amazonaws.com",)
        (arn,) = check.context.values(f"kms:EncryptionContext:{told}")
        assert arn.startswith(f"arn:aws:{service}:eu-west-1:{ACCOUNT}:")


@pytest.mark.usefixtures("encrypted")
@pytest.mark.parametrize(
    "made",
    [
        call("ssm", "GetParameter", Name="/team/secure"),
        call("ssm", "GetParameter", Name="plain", WithDecryption=True),
        call("ssm", "GetParameter", Name="missing", WithDecryption=True),
        call("secretsmanager", "GetSecretValue", SecretId="missing"),
        call("secretsmanager", "DescribeSecret", SecretId="secret"),
        call("sns", "Publish", TopicArn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:open"),
        call("sns", "Publish", TopicArn="arn:missing"),
        call("sqs", "SendMessage", QueueUrl=f"{QUEUE}-missing"),
    ],
    ids=lambda made: f"{made.operation} {made.parameters}",
)
def test_what_is_not_encrypted_or_not_there_needs_no_key(made: Call) -> None:
    assert used_keys(made, PLACE) == []
