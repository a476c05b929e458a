"""The comparison of permissions: what widens comes first, and nothing that widens is missed."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.review import Direction, PermissionChange, compare_permissions

BUCKET = "arn:aws:s3:::data/*"
VPC = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}


def statement(*actions: str, on: Any = BUCKET, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def template(*statements: dict[str, Any], name: str | None = "team-role", **properties: Any) -> dict[str, Any]:
    """A role with its policy in a resource of its own, as the CDK writes it."""
    fixed = {"RoleName": name} if name else {}
    role = {"Type": "AWS::IAM::Role", "Properties": {**fixed, **properties}}
    document = {"Statement": list(statements)}
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": document}}
    return {"Resources": {"Role": role, "Policy": policy}}


def compare(before: dict[str, Any], after: dict[str, Any]) -> tuple[PermissionChange, ...]:
    return compare_permissions({"dev/a/pipeline": before}, {"dev/a/pipeline": after})


def one(before: dict[str, Any], after: dict[str, Any]) -> PermissionChange:
    (found,) = compare(before, after)
    return found


READ = statement("s3:GetObject")
WIDENING: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a new action": (READ, statement("s3:GetObject", "s3:PutObject"), "new action"),
    "a wildcard instead of an action": (READ, statement("s3:*"), "new action"),
    "another bucket": (READ, statement("s3:GetObject", on=[BUCKET, "arn:aws:s3:::other/*"]), "new resource"),
    "a shorter prefix": (READ, statement("s3:GetObject", on="arn:aws:s3:::data*"), "new resource"),
    "a condition less": ({**READ, "Condition": VPC}, READ, "fewer or other conditions"),
    "a value more in a condition": (
        {**READ, "Condition": VPC},
        {**READ, "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}},
        "fewer or other conditions",
    ),
    "a value less in a negated condition": (
        {**READ, "Condition": {"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}},
        {**READ, "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}},
        "fewer or other conditions",
    ),
    "another operator": (
        {**READ, "Condition": VPC},
        {**READ, "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}},
        "fewer or other conditions",
    ),
    "everything except one action": (
        READ,
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": BUCKET},
        "new action",
    ),
    "one character instead of any": (
        statement("s3:GetObject", on="arn:aws:s3:::data/?"),
        statement("s3:GetObject", on="arn:aws:s3:::data/*"),
        "new resource",
    ),
}


@pytest.mark.parametrize("case", WIDENING)
def test_every_way_to_allow_more_is_widened_and_its_reverse_is_narrowed(case: str) -> None:
    before, after, reason = WIDENING[case]
    changes = compare(template(before), template(after))
    assert changes[0].direction is Direction.WIDENED
    assert (changes[0].owner, changes[0].reason) == ("team-role", reason)
    reverse = compare(template(after), template(before))
    assert Direction.NARROWED in {each.direction for each in reverse}


def test_only_what_is_new_is_listed_with_all_its_resources() -> None:
    after = statement("s3:GetObject", "s3:PutObject", "s3:DeleteObject", on=[BUCKET, "arn:aws:s3:::other/*"])
    other = statement("s3:GetObject", on="arn:aws:s3:::other/*")
    change = one(template(READ, other), template(after))
    assert change.actions == ("s3:DeleteObject", "s3:PutObject")
    assert change.resources == (BUCKET, "arn:aws:s3:::other/*")


def test_the_same_permissions_written_differently_are_no_change() -> None:
    split = template(statement("s3:getobject"), statement("s3:PutObject", on=[BUCKET]))
    joined = template({"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": BUCKET})
    assert compare(split, joined) == ()
    assert compare(joined, split) == ()
    assert compare(template(statement("s3:*")), template(statement("s3:*"), READ)) == ()


def test_a_removed_deny_and_a_removed_boundary_widen_and_a_new_deny_narrows() -> None:
    deny = statement("s3:GetObject", on="arn:aws:s3:::data/secret/*") | {"Effect": "Deny"}
    assert one(template(READ, deny), template(READ)).direction is Direction.WIDENED
    assert one(template(READ), template(READ, deny)).direction is Direction.NARROWED
    bounded = template(READ, PermissionsBoundary="arn:aws:iam::111111111111:policy/boundary")
    assert one(bounded, template(READ)).reason == "removed Deny"
    assert one(template(READ), bounded).direction is Direction.NARROWED


def test_a_policy_with_less_conditions_in_another_role_does_not_count_for_this_one() -> None:
    before = template(READ)
    before["Resources"]["Other"] = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "other"}}
    wide = {"Roles": ["other"], "PolicyDocument": {"Statement": statement("s3:*", on="*")}}
    before["Resources"]["OtherPolicy"] = {"Type": "AWS::IAM::Policy", "Properties": wide}
    after = {"Resources": {**before["Resources"], **template(READ, statement("s3:PutObject"))["Resources"]}}
    change = one(before, after)
    assert (change.owner, change.direction, change.actions) == ("team-role", Direction.WIDENED, ("s3:PutObject",))


def trusted(principal: Any) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return template(READ, AssumeRolePolicyDocument={"Statement": [allowed]})


def test_a_new_principal_of_a_trust_policy_and_of_a_bucket_policy_widens() -> None:
    service = trusted({"Service": "sagemaker.amazonaws.com"})
    change = one(service, trusted({"Service": ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]}))
    assert (change.direction, change.owner) == (Direction.WIDENED, "team-role, trust policy")
    assert (change.reason, change.principals) == ("new principal", ("Service ec2.amazonaws.com",))
    assert one(service, trusted("*")).direction is Direction.WIDENED
    assert one(trusted("*"), service).direction is Direction.NARROWED

    def bucket(principal: str) -> dict[str, Any]:
        allowed = {"Statement": [statement("s3:GetObject", Principal={"AWS": principal})]}
        return {"Resources": {"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": allowed}}}}

    change = one(bucket("arn:aws:iam::111111111111:root"), bucket("*"))
    assert (change.direction, change.owner) == (Direction.WIDENED, "dev/a/pipeline: Policy")


def test_a_new_role_is_new_and_a_removed_one_removed_and_widened_ones_come_first() -> None:
    more = template(READ, statement("s3:PutObject"))
    first = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "a-first", "Policies": [{"PolicyDocument": {"Statement": READ}}]},
    }
    after = {"Resources": {**more["Resources"], "First": first}}
    changes = compare(template(READ), after)
    assert [(each.direction, each.owner) for each in changes] == [("widened", "team-role"), ("new", "a-first")]
    assert {each.direction for each in compare(after, template(READ))} == {Direction.NARROWED, Direction.REMOVED}


def test_references_are_readable_and_unnamed_roles_are_identified_by_their_stack() -> None:
    arn = {"Fn::Join": ["", [{"Fn::GetAtt": ["Data", "Arn"]}, "/*"]]}
    change = one(template(READ, name=None), template(READ, statement("s3:GetObject", on=arn), name=None))
    assert (change.owner, change.resources) == ("dev/a/pipeline: Role", ("${Data.Arn}/*",))


def test_another_managed_policy_widens() -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    change = one(template(READ), template(READ, ManagedPolicyArns=[arn]))
    assert (change.direction, change.resources) == (Direction.WIDENED, (arn,))
