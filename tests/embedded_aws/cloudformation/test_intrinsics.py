"""What CloudFormation's functions give."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.intrinsics import NO_VALUE, PENDING, Scope


def scope(**changes: Any) -> Scope:
    def ref(name: str) -> Any:
        if name == "Later":
            return PENDING
        if name != "Bucket":
            raise CloudFormationError(f"Unresolved {name}")
        return "bucket-1"

    return Scope(
        **{
            "parameters": {"AWS::Region": "eu-west-1", "Name": "flights", "Zones": ["a", "b"], "Count": "3"},
            "mappings": {"Sizes": {"small": {"memory": 4}}},
            "conditions": {
                "Yes": {"Fn::Equals": [{"Ref": "Name"}, "flights"]},
                "No": {"Fn::Not": [{"Condition": "Yes"}]},
                "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
                "Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]},
            },
            "ref": ref,
            "attribute": lambda name, attribute: PENDING if name == "Later" else f"{name}/{attribute}",
            "import_value": lambda name: f"imported {name}",
            "zones": lambda region: [f"{region}a", f"{region}b"],
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "Bucket"}, "bucket-1"),
        ({"Ref": "Name"}, "flights"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Bucket/Arn"),
        ({"Fn::GetAtt": "Bucket.Nested.Arn"}, "Bucket/Nested.Arn"),
        ({"Fn::Sub": "${Name}-${Bucket.Arn}-${!Kept}-${AWS::Region}"}, "flights-Bucket/Arn-${Kept}-eu-west-1"),
        ({"Fn::Sub": ["${own}${Name}", {"own": {"Ref": "Bucket"}}]}, "bucket-1flights"),
        ({"Fn::Sub": ["${a.b}", {"a.b": 1}]}, "1"),
        ({"Fn::Join": [":", ["a", True, 2, {"Ref": "Name"}]]}, "a:true:2:flights"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "ab"),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [",", "x,y"]}]}, "x"),
        ({"Fn::Split": ["|", "a|b|"]}, ["a", "b", ""]),
        ({"Fn::Base64": "hällo"}, "aMOkbGxv"),
        ({"Fn::FindInMap": ["Sizes", "small", "memory"]}, 4),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::ImportValue": {"Fn::Sub": "${Name}-x"}}, "imported flights-x"),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/24", "2", "4"]}, ["10.0.0.0/28", "10.0.0.16/28"]),
        ({"Fn::If": ["Yes", "then", {"Ref": "Missing"}]}, "then"),
        ({"Fn::If": ["Both", "then", "else"]}, "else"),
        ({"Fn::If": ["Either", "then", "else"]}, "then"),
        ({"Fn::Contains": [["1", "2"], {"Ref": "Count"}]}, False),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Condition": {"StringEquals": {"a": {"Ref": "Name"}}}}, {"Condition": {"StringEquals": {"a": "flights"}}}),
    ],
)
def test_a_function_gives_what_cloudformation_gives(expression: Any, value: Any) -> None:
    assert scope().value(expression) == value


def test_no_value_is_dropped_from_objects_and_from_lists() -> None:
    absent = {"Ref": "AWS::NoValue"}
    included = {"Fn::If": ["No", "x", absent]}
    assert scope().value({"kept": 1, "gone": absent, "list": [1, absent, included, 2]}) == {"kept": 1, "list": [1, 2]}
    assert scope().value(absent) is NO_VALUE


@pytest.mark.parametrize(
    "expression",
    [
        {"Ref": "Later"},
        {"Fn::GetAtt": ["Later", "Arn"]},
        {"Fn::Sub": "x${Later}"},
        {"Fn::Join": ["", ["x", {"Ref": "Later"}]]},
        {"Fn::Split": [",", {"Ref": "Later"}]},
        {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Later"}]}]},
        {"Fn::Base64": {"Ref": "Later"}},
    ],
)
def test_what_waits_for_a_resource_waits_as_a_whole(expression: Any) -> None:
    assert scope().value(expression) is PENDING


def test_a_known_item_beside_one_that_waits_is_known() -> None:
    assert scope().value({"Fn::Select": [0, ["known", {"Ref": "Later"}]]}) == "known"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ({"Ref": "Missing"}, "Unresolved Missing"),
        ({"Fn::FindInMap": ["Sizes", "huge", "memory"]}, "Unable to get mapping for Sizes::huge::memory"),
        ({"Fn::Select": [2, ["a", "b"]]}, "cannot select nonexistent value at index 2"),
        ({"Fn::Join": ["a"]}, "every Fn::Join object requires a list of 2 elements"),
        ({"Fn::If": ["Missing", 1, 2]}, "Unresolved condition dependency Missing"),
        ({"Fn::Cidr": ["10.0.0.0/24", 300, 1]}, "cannot make 300 blocks"),
        ({"Fn::Cidr": ["10.0.0.0/24", 1, 16]}, "cannot divide"),
        ({"Fn::Transform": {}}, "does not know the function Fn::Transform"),
        ({"Fn::Join": ["", [["nested"]]]}, "text was expected"),
    ],
)
def test_an_expression_that_cannot_be_says_why(expression: Any, words: str) -> None:
    with pytest.raises(CloudFormationError, match=words.replace("[", r"\[")):
        scope().value(expression)
