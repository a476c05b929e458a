"""Asking beforehand: the calls that only SageMaker or EMR would make, decided by the same evaluator."""

from __future__ import annotations

from typing import Any

import pytest

import embedded_aws as aws
from tests.embedded_aws.iam.ground import REGION, Client, administrator, allow, document, internal, make_role

ACCOUNT = aws.ACCOUNT
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
IMAGE = f"arn:aws:ecr:{REGION}:141502667606:repository/sagemaker-xgboost"


@pytest.fixture(scope="session")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


@pytest.fixture(scope="session")
def key(client: Client) -> str:
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="session")
def role(client: Client, key: str) -> str:
    metrics = {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}}
    return make_role(
        client,
        "asking-job",
        allow("ec2:CreateNetworkInterface", [f"{EC2}:network-interface/*", f"{EC2}:subnet/subnet-1"]),
        allow("ecr:BatchGetImage", IMAGE),
        allow("kms:CreateGrant", key, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        allow("cloudwatch:PutMetricData", "*", metrics),
        allow("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/pipelines-*"),
        allow("sagemaker:CreatePresignedNotebookInstanceUrl", "*", {"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
    )


def ask(server: aws.Server, role: str, *requests: Any) -> list[tuple[bool, str]]:
    body = {"role_arn": role, "region": REGION, "requests": list(requests)}
    code, answer = internal(server, "POST", "permissions", body)
    assert code == 200, answer
    return [(each["allowed"], each["reason"]) for each in answer]


def request(action: str, resource: str = "*", **context: Any) -> dict[str, Any]:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return {"action": action, "resource": resource, **({"context": keys} if keys else {})}


def test_each_question_gets_its_own_answer_in_aws_s_words(embedded_aws: aws.Server, role: str, key: str) -> None:
    job = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job"
    answers = ask(
        embedded_aws,
        role,
        request("ec2:CreateNetworkInterface", f"{EC2}:subnet/subnet-1"),
        request("ec2:CreateNetworkInterface", f"{EC2}:subnet/subnet-2"),
        request("ecr:BatchGetImage", IMAGE),
        request("kms:CreateGrant", key, kms__GrantIsForAWSResource=True),
        request("kms:CreateGrant", key, kms__GrantIsForAWSResource="false"),
        request("cloudwatch:PutMetricData", cloudwatch__namespace="/aws/sagemaker/TrainingJobs"),
        request("cloudwatch:PutMetricData", cloudwatch__namespace="mine"),
        request("sagemaker:CreateTrainingJob", f"{job}/pipelines-abc-Train"),
        request("sagemaker:CreateTrainingJob", f"{job}/mine"),
        request("sagemaker:CreatePresignedNotebookInstanceUrl", aws__SourceVpc="vpc-1"),
        request("sagemaker:CreatePresignedNotebookInstanceUrl", aws__SourceVpc=None),
    )
    assert [allowed for allowed, _ in answers] == [
        True, False, True, True, False, True, False, True, False, True, False,
    ]  # fmt: skip
    assert answers[1][1] == "because no identity-based policy allows the ec2:CreateNetworkInterface action"


def test_a_key_of_the_context_that_was_not_told_is_named(embedded_aws: aws.Server, role: str) -> None:
    ((allowed, reason),) = ask(embedded_aws, role, request("cloudwatch:PutMetricData"))
    assert not allowed
    assert "does not know the condition key cloudwatch:namespace for this request" in reason


def test_a_resource_s_own_policy_and_the_boundary_count(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"""
    user = f"arn:aws:iam::{ACCOUNT}:user/administrator"
    own = document({**allow("kms:*", "*"), "Principal": {"AWS": user}})
    closed = client("kms").create_key(Policy=own)["KeyMetadata"]["Arn"]
    limit = client("iam").create_policy(PolicyName="asking-limit", PolicyDocument=document(allow("kms:*", "*")))
    boundary = limit["Policy"]["Arn"]
    role = make_role(client, "asking-limited", allow("*", "*"), PermissionsBoundary=boundary)
    key, bucket = ask(
        embedded_aws, role, request("kms:Decrypt", closed), request("s3:GetObject", "arn:aws:s3:::anything/a")
    )
    assert key == (False, "because no resource-based policy allows the kms:Decrypt action")
    assert bucket == (False, "because no permissions boundary allows the s3:GetObject action")


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({}, 400, "needs a text for role_arn, region"),
        ({"requests": [{"action": "s3:GetObject"}]}, 400, "a text for action and resource"),
        ({"requests": ["s3:GetObject"]}, 400, "a request has an action, a resource"),
        ({"requests": [{"action": "s3:GetObject", "resource": "*", "context": []}]}, 400, "a request has an action"),
        ({"requests": [{"action": "s3:GetObjects", "resource": "*"}]}, 400, "IAM has no action s3:GetObjects"),
        ({"role_arn": f"arn:aws:iam::{ACCOUNT}:role/asking-nobody"}, 404, "there is no role"),
    ],
)
def test_a_wrong_question_is_refused_in_words(
    embedded_aws: aws.Server, role: str, body: dict[str, Any], code: int, says: str
) -> None:
    whole = {"role_arn": role, "region": REGION, **body} if body else {}
    status, answer = internal(embedded_aws, "POST", "permissions", whole)
    assert status == code
    assert says in answer["message"]


def test_a_mode_that_does_not_exist_is_refused(embedded_aws: aws.Server, role: str) -> None:
    body = {"role_arn": role, "service": "sagemaker.amazonaws.com", "region": REGION, "mode": "watch"}
    status, answer = internal(embedded_aws, "POST", "service-credentials", body)
    assert status == 400
    assert "the mode is enforce or record, not 'watch'" in answer["message"]
