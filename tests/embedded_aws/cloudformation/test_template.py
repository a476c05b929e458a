"""Reading templates."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.template import parse

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Description: a test
Conditions:
  Some: !Not [!Equals [!Ref Name, ""]]
Parameters:
  Name: {Type: String, Default: ""}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Condition: Some
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      BucketName: !Sub "${Name}-x"
      Arn: !GetAtt Other.Nested.Arn
      Joined: !Join ["", [a, !Ref Name]]
      Chosen: !If [Some, !Ref Name, !Ref "AWS::NoValue"]
  Other: {Type: AWS::S3::Bucket, DependsOn: Bucket}
"""


def test_yaml_with_short_forms_reads_as_the_long_ones() -> None:
    read = parse(YAML)
    assert read.text == YAML
    assert read.conditions["Some"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}
    bucket = read.resources["Bucket"]
    assert bucket.properties == {
        "BucketName": {"Fn::Sub": "${Name}-x"},
        "Arn": {"Fn::GetAtt": ["Other", "Nested.Arn"]},
        "Joined": {"Fn::Join": ["", ["a", {"Ref": "Name"}]]},
        "Chosen": {"Fn::If": ["Some", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]},
    }
    assert (bucket.condition, bucket.deletion_policy, bucket.update_replace_policy) == (
        "Some",
        "RetainExceptOnCreate",
        "Delete",
    )
    assert read.resources["Other"].depends_on == ("Bucket",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON not well-formed. (line 1"),
        ("a: [", "YAML not well-formed"),
        ("just text", "unsupported structure"),
        ({}, "At least one Resources member must be defined"),
        ({"Resources": []}, "[/Resources] must be an object"),
        ({"Resources": {"A": {}}, "Foo": 1}, "Invalid template property or properties [Foo]"),
        ({"Resources": {"A": {}}}, "[/Resources/A] Every Resources object must contain a Type member"),
        ({"Resources": {"A-1": {"Type": "X"}}}, "Resource name A-1 is non alphanumeric"),
        ({"Resources": {"A": {"Type": "X", "Propertys": {}}}}, "unsupported attributes: [Propertys]"),
        ({"Resources": {"A": {"Type": "X", "Properties": []}, "B": 1}}, "[/Resources/B]"),
        ({"Resources": {"A": {"Type": "X", "DeletionPolicy": "Keep"}}}, "Unrecognized DeletionPolicy Keep"),
        (
            {"Resources": {"A": {"Type": "X", "DeletionPolicy": "Snapshot"}}},
            "resource type X does not support DeletionPolicy Snapshot",
        ),
        (
            {"Resources": {"A": {"Type": "X", "UpdateReplacePolicy": "RetainExceptOnCreate"}}},
            "Unrecognized UpdateReplacePolicy",
        ),
        ({"Resources": {"A": {"Type": "X"}}, "Transform": "AWS::Serverless-2016-10-31"}, "runs no transforms"),
        ({"Resources": {"A": {"Type": "X"}}, "Outputs": {"O": "text"}}, "[/Outputs/O] must be an object"),
        ({"Resources": {"A": {"Type": "X"}}, "Parameters": "text"}, "[/Parameters] must be an object"),
    ],
)
def test_a_malformed_template_says_what_is_wrong(text: Any, words: str) -> None:
    with pytest.raises(CloudFormationError) as refused:
        parse(text)
    assert words in refused.value.message
