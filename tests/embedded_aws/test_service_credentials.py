"""Which trust policies let a service assume a role, and that the credentials are the role's."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from embedded_aws.iam.policy_documents import parse
from embedded_aws.iam.role_simulation import RoleNotFoundError
from embedded_aws.service_credentials import RoleNotTrustedError, assume_for_service, check_trust
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

SAGEMAKER = "sagemaker.amazonaws.com"
NOT_ALLOWED = "because no resource-based policy allows the sts:AssumeRole action"
ARN = f"arn:aws:iam::{ACCOUNT}:role/pipeline"


def statement(**changes: Any) -> dict[str, Any]:
    """A statement that allows SageMaker, with changes; None takes a member out."""
    allow = {"Effect": "Allow", "Principal": {"Service": SAGEMAKER}, "Action": "sts:AssumeRole", **changes}
    return {name: member for name, member in allow.items() if member is not None}


def check(statements: Any) -> None:
    """Evaluate a trust policy for SageMaker that acts for one pipeline."""
    check_trust(
        parse("trust", json.dumps({"Version": "2012-10-17", "Statement": statements})),
        role_arn=ARN,
        service=SAGEMAKER,
        account=ACCOUNT,
        region=REGION,
        source_arn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/flights-dev",
    )


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return statement(Condition={operator: {key: value}})


UNREADABLE = condition("DateLessThan", "aws:CurrentTime", "x")


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
@pytest.mark.parametrize(
    "statements",
    [
        statement(),
        [statement()],
        [statement(Principal={"Service": ["ec2.amazonaws.com", SAGEMAKER]})],
        [statement(Action=["sts:TagSession", "sts:AssumeRole"])],
        [statement(Action="sts:*")],
        [statement(Action="STS:assumerole")],
        [condition("StringEquals", "aws:SourceAccount", ACCOUNT)],
        [condition("StringEquals", "AWS:sourceaccount", ["999999999999", ACCOUNT])],
        [condition("StringLike", "aws:SourceArn", "arn:aws:sagemaker:*:pipeline/flights-???")],
        [condition("ArnLike", "aws:SourceArn", f"arn:aws:sagemaker:*:{ACCOUNT}:*")],
        [condition("ArnEquals", "aws:SourceArn", f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/*")],
        [statement(), statement(Effect="Deny", Principal={"Service": "ec2.amazonaws.com"})],
        [statement(), {**condition("StringEquals", "aws:SourceAccount", "999999999999"), "Effect": "Deny"}],
        [condition("StringEqualsIgnoreCase", "aws:SourceAccount", ACCOUNT)],
        [condition("Null", "sts:ExternalId", "true")],
        [statement(), {**condition("Bool", "aws:SecureTransport", "false"), "Effect": "Deny"}],
        [statement(Action=None, NotAction="sts:TagSession")],
        [statement(), statement(Effect="Deny", Principal=None, NotPrincipal={"Service": SAGEMAKER})],
        [statement(), UNREADABLE],
        [statement(), {**UNREADABLE, "Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}}],
    ],
    ids=lambda value: json.dumps(value)[:80],
)
def test_the_service_is_allowed(statements: Any) -> None:
    check(statements)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        ([], NOT_ALLOWED),
        ([statement(Principal={"Service": "ec2.amazonaws.com"})], NOT_ALLOWED),
        ([statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})], NOT_ALLOWED),
        ([statement(Principal="*")], "does not document whether the principal"),
        ([statement(Principal=None)], "names no principal"),
        ([statement(Action="sts:TagSession")], NOT_ALLOWED),
        ([statement(Action="sts:AssumeRoleWith*")], NOT_ALLOWED),
        ([condition("StringEquals", "aws:SourceAccount", "999999999999")], NOT_ALLOWED),
        ([condition("StringEquals", "aws:SourceArn", "arn:aws:sagemaker:*")], NOT_ALLOWED),
        ([condition("StringLike", "aws:SourceArn", "arn:aws:SAGEMAKER:*")], NOT_ALLOWED),
        ([condition("ArnLike", "aws:SourceArn", "arn:aws:*:pipeline/flights-dev")], "six parts of an ARN"),
        ([condition("ArnLike", "aws:SourceArn", f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:*")], NOT_ALLOWED),
        ([condition("StringEquals", "aws:PrincipalOrgID", "o-1")], NOT_ALLOWED),
        ([statement(), statement(Effect="Deny")], "with an explicit deny"),
        ([statement(), statement(Effect="Deny", Principal="*")], "with an explicit deny"),
        ([statement(), statement(Effect="Deny", Action="*")], "with an explicit deny"),
        ([statement(), statement(Effect="Deny", Principal=None, NotPrincipal={"AWS": ARN})], "with an explicit deny"),
        ([condition("StringEquals", "aws:SignInSessionArn", "o-1")], "aws:SignInSessionArn"),
        ([UNREADABLE], "'x'"),
    ],
    ids=lambda value: json.dumps(value)[:80],
)
def test_the_service_is_refused_and_told_why(statements: Any, says: str) -> None:
    with pytest.raises(RoleNotTrustedError, match=says) as refusal:
        check(statements)
    assert ARN in str(refusal.value)
    assert SAGEMAKER in str(refusal.value)


def make_role(services: Services, name: str, *statements: dict[str, Any]) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    arn: str = services("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    return arn


def test_the_credentials_are_those_of_the_role(moto_services: Services) -> None:
    role = make_role(moto_services, "service-role", condition("StringEquals", "aws:SourceAccount", ACCOUNT))
    given = assume_for_service(ACCOUNT, REGION, role, SAGEMAKER)
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)
    identity = session.client("sts", endpoint_url=moto_services.endpoint).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/service-role/sagemaker"
    assert identity["Account"] == ACCOUNT
    assert given["Expiration"].endswith(("Z", "+00:00"))


def test_a_role_for_one_pipeline_asks_on_whose_behalf(moto_services: Services) -> None:
    pipeline = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/flights-dev"
    role = make_role(moto_services, "one-pipeline", condition("ArnEquals", "aws:SourceArn", pipeline))
    assert assume_for_service(ACCOUNT, REGION, role, SAGEMAKER, source_arn=pipeline)["SessionToken"]
    with pytest.raises(RoleNotTrustedError):
        assume_for_service(ACCOUNT, REGION, role, SAGEMAKER)


def test_a_role_that_does_not_exist_is_not_found(moto_services: Services) -> None:
    assert moto_services
    with pytest.raises(RoleNotFoundError, match="no-such-role"):
        assume_for_service(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:role/no-such-role", SAGEMAKER)
