"""IAM's policy simulator answers as the guard would decide, and only who may call it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from tests.embedded_aws.iam.ground import Client, administrator, allow, deny, document, make_role, refusal, session

ACCOUNT = aws.ACCOUNT
BUCKET = "arn:aws:s3:::simulation"
OBJECT = f"{BUCKET}/a"


@pytest.fixture(scope="session")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


@pytest.fixture(scope="session")
def refused_role(client: Client) -> str:
    return make_role(client, "simulation-refused", allow("s3:*", "*"))


def simulate(client: Client, source: str, *actions: str, **options: Any) -> list[dict[str, Any]]:
    answer = client("iam").simulate_principal_policy(PolicySourceArn=source, ActionNames=list(actions), **options)
    return list(answer["EvaluationResults"])


def decisions(results: list[dict[str, Any]]) -> list[str]:
    return [result["EvalDecision"] for result in results]


def custom(client: Client, *policies: str, **options: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {"ActionNames": ["s3:PutObject"], "ResourceArns": [OBJECT], **options}
    return list(client("iam").simulate_custom_policy(PolicyInputList=list(policies), **given)["EvaluationResults"])


def test_a_result_names_the_action_the_resource_and_the_policy_that_decided(client: Client) -> None:
    role = make_role(client, "simulation-plain", allow("s3:*", f"{BUCKET}/*"), deny("s3:DeleteObject", "*"))
    (result,) = simulate(client, role, "s3:PutObject", ResourceArns=[OBJECT])
    assert (result["EvalActionName"], result["EvalResourceName"]) == ("s3:PutObject", OBJECT)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])
    matched = [{"SourcePolicyId": "permissions", "SourcePolicyType": "role"}]
    assert result["MatchedStatements"] == matched
    (specific,) = result["ResourceSpecificResults"]
    assert (specific["EvalResourceDecision"], specific["MatchedStatements"]) == ("allowed", matched)
    assert "PermissionsBoundaryDecisionDetail" not in result


def test_without_resources_an_action_is_tried_on_every_resource(client: Client) -> None:
    """As AWS says of ResourceArns: the parameter defaults to `*`."""
    role = make_role(client, "simulation-all", allow("s3:*", f"{BUCKET}/*"), allow("ecr:GetAuthorizationToken", "*"))
    results = simulate(client, role, "s3:PutObject", "ecr:GetAuthorizationToken")
    assert decisions(results) == ["implicitDeny", "allowed"]
    assert {result["EvalResourceName"] for result in results} == {"*"}


def test_the_boundary_of_a_role_limits_it_and_is_named(client: Client) -> None:
    limit = client("iam").create_policy(PolicyName="simulation-limit", PolicyDocument=document(allow("s3:*", "*")))
    boundary = limit["Policy"]["Arn"]
    role = make_role(client, "simulation-limited", allow("*", "*"), PermissionsBoundary=boundary)
    results = simulate(client, role, "s3:PutObject", "sagemaker:CreatePipeline")
    assert decisions(results) == ["allowed", "implicitDeny"]
    details = [result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for result in results]
    assert details == [True, False]


def test_a_context_key_counts_when_it_is_given_and_is_reported_when_it_is_missing(client: Client) -> None:
    role = make_role(
        client, "simulation-keys", allow("s3:PutObject", "*", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    )
    (without,) = simulate(client, role, "s3:PutObject", ResourceArns=[OBJECT])
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["aws:RequestedRegion"])
    for region, decision in (("eu-west-1", "allowed"), ("us-east-1", "implicitDeny")):
        entry = {"ContextKeyName": "AWS:requestedregion", "ContextKeyValues": [region], "ContextKeyType": "string"}
        (given,) = simulate(client, role, "s3:PutObject", ResourceArns=[OBJECT], ContextEntries=[entry])
        assert (given["EvalDecision"], given["MissingContextValues"]) == (decision, [])


def test_users_with_their_groups_and_groups_are_simulated_too(client: Client) -> None:
    iam = client("iam")
    user = iam.create_user(UserName="simulation-user")["User"]["Arn"]
    group = iam.create_group(GroupName="simulation-group")["Group"]["Arn"]
    iam.put_group_policy(GroupName="simulation-group", PolicyName="group", PolicyDocument=document(allow("s3:*", "*")))
    iam.add_user_to_group(GroupName="simulation-group", UserName="simulation-user")
    assert decisions(simulate(client, user, "s3:PutObject", "ec2:RunInstances")) == ["allowed", "implicitDeny"]
    (result,) = simulate(client, group, "s3:PutObject")
    assert result["MatchedStatements"] == [{"SourcePolicyId": "group", "SourcePolicyType": "group"}]


def test_policies_that_are_given_count_as_well(client: Client) -> None:
    role = make_role(client, "simulation-more", allow("s3:GetObject", "*"))
    more = document(allow("s3:PutObject", "*"), deny("s3:GetObject", "*"))
    results = simulate(client, role, "s3:GetObject", "s3:PutObject", PolicyInputList=[more])
    assert decisions(results) == ["explicitDeny", "allowed"]
    limit = document(allow("s3:GetObject", "*"))
    (limited,) = custom(client, more, PermissionsBoundaryPolicyInputList=[limit])
    assert limited["EvalDecision"] == "implicitDeny"


def test_a_resource_policy_allows_its_caller(client: Client) -> None:
    caller = f"arn:aws:iam::{ACCOUNT}:user/simulation-caller"
    own = document({**allow("s3:PutObject", OBJECT), "Principal": {"AWS": caller}})
    nothing = document(allow("ec2:*", "*"))
    (result,) = custom(client, nothing, ResourcePolicy=own, CallerArn=caller)
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"] == [{"SourcePolicyId": "ResourcePolicy", "SourcePolicyType": "resource"}]
    (other,) = custom(client, nothing, ResourcePolicy=own, CallerArn=f"{caller}-other")
    assert other["EvalDecision"] == "implicitDeny"


def test_results_come_in_pages(client: Client) -> None:
    role = make_role(client, "simulation-pages", allow("s3:*", "*"))
    actions = ["s3:GetObject", "s3:PutObject", "ec2:RunInstances"]
    pages = (
        client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(PolicySourceArn=role, ActionNames=actions, PaginationConfig={"PageSize": 2})
    )
    found = [[result["EvalActionName"] for result in page["EvaluationResults"]] for page in pages]
    assert found == [actions[:2], actions[2:]]


def test_the_caller_needs_the_permission_on_the_role_it_asks_about(embedded_aws: aws.Server, client: Client) -> None:
    asked = make_role(client, "simulation-asked", allow("s3:*", "*"))
    without = session(embedded_aws, make_role(client, "simulation-without", allow("s3:*", "*"))).client
    told = refusal(lambda: simulate(without, asked, "s3:PutObject")) or ""
    assert f"is not authorized to perform: iam:SimulatePrincipalPolicy on resource: {asked}" in told
    permitted = make_role(client, "simulation-with", allow("iam:SimulatePrincipalPolicy", asked))
    with_permission = session(embedded_aws, permitted).client
    assert decisions(simulate(with_permission, asked, "s3:PutObject")) == ["allowed"]
    assert refusal(lambda: simulate(with_permission, permitted, "s3:PutObject"))


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/simulation-nobody"}, "NoSuchEntity", "cannot be found"),
        ({"ActionNames": ["s3:PutObjects"]}, "InvalidInput", "IAM has no action s3:PutObjects"),
        ({"ActionNames": ["s3:*"]}, "InvalidInput", "without wildcards"),
        ({"PolicyInputList": ["{"]}, "InvalidInput", "PolicyInputList.1 is no policy document"),
        ({"ResourcePolicy": document(allow("s3:*", "*"))}, "InvalidInput", "ResourcePolicy needs CallerArn"),
        ({"ResourceHandlingOption": "EC2-VPC"}, "InvalidInput", "does not evaluate ResourceHandlingOption"),
        ({"Marker": "elsewhere"}, "InvalidInput", "Marker elsewhere is not one"),
        (
            {"PolicyInputList": [document(allow("s3:*", "*", {"StringAlike": {"aws:userid": "x"}}))]},
            "InvalidInput",
            "does not know the condition operator StringAlike",
        ),
        (
            {"PolicyInputList": [document(deny("s3:*", "*", {"NumericEquals": {"s3:max-keys": "${aws:userid}"}}))]},
            "PolicyEvaluation",
            "NumericEquals of s3:max-keys has a policy variable",
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_words(
    client: Client, refused_role: str, options: dict[str, Any], code: str, says: str
) -> None:
    given = {"PolicySourceArn": refused_role, "ActionNames": ["s3:PutObject"], **options}
    with pytest.raises(ClientError) as caught:
        client("iam").simulate_principal_policy(**given)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert says in error["Message"]
