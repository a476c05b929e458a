"""Messages of AWS about denied requests, in the forms of its documentation and of its services."""

from __future__ import annotations

import json

import pytest

from embedded_aws.iam.journal import Refusal
from mlproject.access_denied import Denial, parse_denials
from mlproject.access_denied.message import KINDS, LAKE_FORMATION, TRUST
from mlproject.errors import UserError

SESSION = "arn:aws:sts::111111111111:assumed-role/flights-dev-notebooks/SageMaker"
OBJECT = "arn:aws:s3:::flights-dev-data-111111111111-eu-west-1/raw/a file.csv"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"


def only(text: str) -> Denial:
    (denial,) = parse_denials(text)
    return denial


# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_policy_is_recognized_in_implicit_and_explicit_denials(kind: str) -> None:
    start = f"User: {SESSION} is not authorized to perform: kms:Decrypt on resource: {KEY}"
    known = {"principal": SESSION, "action": "kms:Decrypt", "resource": KEY, "policy": kind}
    implicit = only(f"{start} because no {kind} allows the kms:Decrypt action")
    explicit = only(f"{start} with an explicit deny in a {kind}: arn:aws:organizations::1:policy/o-1/p-1")
    assert implicit == Denial(**known)  # type: ignore[arg-type]
    assert explicit == Denial(**known, explicit=True)


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        (f'on resource: "{OBJECT}" because no identity-based policy allows the s3:GetObject action', OBJECT),
        (f"on resource: {KEY} (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)", KEY),
        (f"on resource: {KEY}.", KEY),
        (f"on resource: {KEY}, because no identity-based policy allows it", KEY),
        (f"on resource: {KEY}/a,b;c because", f"{KEY}/a,b;c"),
        (f'on resource: "{OBJECT},"', f"{OBJECT},"),
        ("on resource: *", "*"),
        ("", None),
    ],
)
def test_a_resource_may_be_quoted_be_a_wildcard_and_be_followed_by_details(text: str, resource: str | None) -> None:
    denial = only(
        f"An error occurred (AccessDenied) when calling the GetObject operation: User: {SESSION} is not authorized to "
        f"perform: s3:GetObject {text}"
    )
    assert (denial.principal, denial.action, denial.resource) == (SESSION, "s3:GetObject", resource)


def test_a_log_with_several_denials_gives_each_once_with_its_own_reason() -> None:
    first = f"User: {SESSION} is not authorized to perform: sagemaker:CreateModel on resource: arn:aws:sagemaker:x"
    second = f"User: {SESSION} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111111111111:role/a"
    text = f"12:00 ERROR {first}\n12:01 {second} with an explicit deny in a service control policy\n12:02 {first}"
    denials = parse_denials(text)
    assert [(each.action, each.policy, each.explicit) for each in denials] == [
        ("sagemaker:CreateModel", None, False),
        ("iam:PassRole", "service control policy", True),
    ]


def test_a_message_that_a_terminal_has_wrapped_is_read() -> None:
    text = (
        f"User: {SESSION} is not\n  authorized to perform: glue:GetTable on resource: arn:aws:glue:catalog\n  because"
    )
    denial = only(f"{text} no\nidentity-based policy allows the glue:GetTable action")
    assert (denial.action, denial.policy) == ("glue:GetTable", "identity-based policy")


def test_the_messages_of_the_embedded_aws_are_read() -> None:
    refusal = Refusal(
        session="key", principal=SESSION, action="s3:PutObject", resource=OBJECT.replace(" ", ""), enforced=True,
        reason="because no identity-based policy allows the s3:PutObject action",
    )  # fmt: skip
    assert only(refusal.message).action == "s3:PutObject"
    assert only(refusal.message).resource == OBJECT.replace(" ", "")


# https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
DECODED = json.dumps(
    {
        "allowed": False,
        "explicitDeny": True,
        "context": {
            "principal": {"id": "AROA:session", "arn": SESSION},
            "action": "ec2:CreateNetworkInterface",
            "resource": "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1",
            "conditions": {"items": []},
        },
    }
)


@pytest.mark.parametrize("text", [DECODED, json.dumps({"DecodedMessage": DECODED})])
def test_a_decoded_message_is_read_alone_and_as_the_output_of_the_aws_cli(text: str) -> None:
    denial = only(text)
    assert (denial.principal, denial.action, denial.explicit) == (SESSION, "ec2:CreateNetworkInterface", True)


@pytest.mark.parametrize(
    ("text", "denial"),
    [
        (
            "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied",
            Denial(operation="ListObjectsV2", action="s3:ListBucket"),
        ),
        (
            "An error occurred (403) when calling the HeadObject operation: Forbidden",
            Denial(operation="HeadObject", action="s3:GetObject"),
        ),
        ("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", Denial()),
        (
            "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized "
            "to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abc",
            Denial(operation="RunInstances", encoded="4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abc"),
        ),
        (
            "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to "
            "perform sts:AssumeRoleWithWebIdentity",
            Denial(action="sts:AssumeRoleWithWebIdentity", policy=TRUST),
        ),
        (
            "AccessDeniedException: Insufficient Lake Formation permission(s): Required Select on airports",
            Denial(policy=LAKE_FORMATION),
        ),
        (
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you "
            "are not allowed to access.",
            Denial(action="kms:Decrypt"),
        ),
    ],
)
def test_a_message_without_details_gives_what_it_contains(text: str, denial: Denial) -> None:
    assert only(text) == denial


@pytest.mark.parametrize("text", ["", "ThrottlingException: Rate exceeded", "{}", '{"context": 1}'])
def test_a_text_without_a_denial_is_rejected_in_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="contains no message about a denied request") as caught:
        parse_denials(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("rest", "name"), [(" because no identity-based policy allows it", "team."), ("", "team")])
def test_a_period_belongs_to_the_resource_if_the_sentence_goes_on(rest: str, name: str) -> None:
    workgroup = "arn:aws:athena:eu-west-1:111111111111:workgroup"
    text = (
        "User: arn:aws:sts::111111111111:assumed-role/flights-dev-notebook/session is not authorized to perform: "
        f"athena:StartQueryExecution on resource: {workgroup}/team.{rest}"
    )
    (denial,) = parse_denials(text)
    assert denial.resource == f"{workgroup}/{name}"
