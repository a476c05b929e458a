"""Names of properties that do not exist or are missing."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.resource_rules import property_findings, resource_rules
from embedded_aws.resource_rules.rules import rules_of_schema


@pytest.mark.parametrize(
    ("type_name", "properties", "findings"),
    [
        ("AWS::S3::Bucket", {"BucketName": "x", "Tags": [{"Key": "a", "Value": "b"}]}, ()),
        ("AWS::S3::Bucket", {"BucketNam": "x"}, ("#: extraneous key [BucketNam] is not permitted",)),
        ("AWS::S3::Bucket", {"Arn": "x"}, ("#: read-only property [Arn] is not permitted",)),
        (
            "AWS::S3::Bucket",
            {"VersioningConfiguration": {}},
            ("#/VersioningConfiguration: required key [Status] not found",),
        ),
        (
            "AWS::S3::Bucket",
            {"Tags": [{"Key": "a", "Valu": "b"}]},
            ("#/Tags/0: extraneous key [Valu] is not permitted", "#/Tags/0: required key [Value] not found"),
        ),
        ("AWS::S3::Bucket", {"VersioningConfiguration": {"Fn::If": ["C", 1, 2]}}, ()),
        ("AWS::IAM::Role", {}, ("#: required key [AssumeRolePolicyDocument] not found",)),
        ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Anything": {"Goes": 1}}}, ()),
        ("AWS::SSM::Parameter", {"Type": "String", "Value": "x", "Tags": {"any": "key"}}, ()),
    ],
)
def test_names_are_checked_through_the_whole_schema(
    type_name: str, properties: dict[str, Any], findings: tuple[str, ...]
) -> None:
    assert property_findings(resource_rules(type_name), properties) == findings


@pytest.mark.parametrize(
    ("patterns", "findings"), [({}, ("#/Map: extraneous key [x-1] is not permitted",)), ({"^x-": {}}, ())]
)
def test_names_that_match_a_pattern_are_permitted_beside_those_that_are_listed(
    patterns: dict[str, Any], findings: tuple[str, ...]
) -> None:
    listed = {"properties": {"Known": {}}, "additionalProperties": False, "patternProperties": patterns}
    rules = rules_of_schema({"typeName": "A::B::C", "properties": {"Map": listed}})
    assert property_findings(rules, {"Map": {"Known": 1, "x-1": 2}}) == findings
