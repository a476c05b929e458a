"""The use of AWS's limits, counted in templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlproject.limits import PlacedTemplate, Usage, account_usage, stack_usage

ROLE = "AWS::IAM::Role"


def template(resources: dict[str, dict[str, Any]], **others: Any) -> str:
    return json.dumps({"Resources": resources, **others})


def by_limit(usage: list[Usage]) -> dict[str, int]:
    return {each.limit.name: each.count for each in usage}


def policy(size: int) -> dict[str, Any]:
    """A policy that is `size` characters long without white space."""
    empty = {"Statement": [{"Sid": ""}]}
    length = len(json.dumps(empty, separators=(",", ":")))
    return {"Statement": [{"Sid": "x" * (size - length)}]}


def test_a_template_counts_its_parts_and_its_bytes() -> None:
    text = template({"Niño": {"Type": "AWS::SNS::Topic"}}, Parameters={"A": {}, "B": {}}, Outputs={"C": {}})
    counted = by_limit(list(stack_usage("dev/flights/storage", text)))
    assert counted == {
        "bytes of the template": len(text.encode()),
        "resources": 1,
        "parameters": 2,
        "outputs": 1,
    }


def test_all_inline_policies_of_a_role_count_together_and_its_trust_policy_alone() -> None:
    inline = [{"PolicyName": name, "PolicyDocument": policy(400)} for name in ("a", "b")]
    role = {"Type": ROLE, "Properties": {"Policies": inline, "AssumeRolePolicyDocument": policy(300)}}
    counted = by_limit(list(stack_usage("dev/flights/pipeline", template({"Role": role}))))
    assert counted["characters of a role's inline policies"] == 800
    assert counted["characters of a trust policy"] == 300


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ({"Ref": "Bucket"}, 100),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, 100),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}, 102),
        ("arn:aws:s3:::bucket/*", 21),
    ],
)
def test_a_value_that_only_cloudformation_knows_counts_100_characters(value: Any, length: int) -> None:
    document = {"Statement": [{"Resource": value}]}
    resource = {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": document}}
    counted = by_limit(list(stack_usage("dev/flights/storage", template({"Policy": resource}))))
    assert counted["bytes of a bucket policy"] == length + len('{"Statement":[{"Resource":""}]}')


def test_stacks_count_where_they_are_deployed_and_roles_in_the_whole_account() -> None:
    two = template({"A": {"Type": ROLE}, "B": {"Type": ROLE}, "C": {"Type": "AWS::Events::Rule"}})
    one = template({"A": {"Type": ROLE}})
    places = [
        ("111111111111", "eu-west-1", two),
        ("111111111111", "eu-west-2", two),
        ("222222222222", "eu-west-1", one),
    ]
    found = account_usage(
        PlacedTemplate(account=account, region=region, template=text) for account, region, text in places
    )
    assert {(each.subject, each.limit.name): each.count for each in found} == {
        ("111111111111 eu-west-1", "stacks"): 1,
        ("111111111111 eu-west-2", "stacks"): 1,
        ("222222222222 eu-west-1", "stacks"): 1,
        ("111111111111", "IAM roles"): 4,
        ("222222222222", "IAM roles"): 1,
        ("111111111111 eu-west-1", "EventBridge rules"): 1,
        ("111111111111 eu-west-2", "EventBridge rules"): 1,
    }


@pytest.mark.parametrize(("resources", "is_close"), [(399, False), (400, True), (501, True)])
def test_a_limit_is_close_from_80_percent(resources: int, is_close: bool) -> None:
    text = template({f"R{number}": {"Type": "AWS::SNS::Topic"} for number in range(resources)})
    (found,) = (each for each in stack_usage("dev/a/b", text) if each.limit.name == "resources")
    assert found.is_close == is_close
