"""References in templates: one case for each intrinsic function and kind of name."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.architecture import StackTemplate
from mlproject.architecture.references import UNKNOWN, ExternalResource, Key, References


def stack(name: str, resources: dict[str, Any], parameters: dict[str, Any] | None = None) -> StackTemplate:
    return StackTemplate(
        name=name,
        stack_name=name.replace("/", "-"),
        account="111111111111",
        region="eu-west-1",
        template={"Resources": resources, "Parameters": parameters or {}},
    )


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


SOURCE = "AWS::SSM::Parameter::Value<String>"
REFERENCES = References(
    (
        stack(
            "s/storage",
            {
                "Key": resource("AWS::KMS::Key"),
                "Told": resource("AWS::SSM::Parameter", Name="/s/key", Value={"Fn::GetAtt": ["Key", "Arn"]}),
                "Data": resource("AWS::S3::Bucket", BucketName="s-data"),
            },
        ),
        stack(
            "s/pipeline",
            {
                "Pipeline": resource("AWS::SageMaker::Pipeline", PipelineName="s"),
                "Group": resource("AWS::EC2::SecurityGroup"),
            },
            {
                "KeyArn": {"Type": SOURCE, "Default": "/s/key"},
                "Gone": {"Type": SOURCE, "Default": "/s/nothing"},
                "Number": {"Type": "Number", "Default": 1},
            },
        ),
    )
)
KEY, DATA = Key("s/storage", "Key"), Key("s/storage", "Data")
PIPELINE, GROUP = Key("s/pipeline", "Pipeline"), Key("s/pipeline", "Group")


@pytest.mark.parametrize(
    ("value", "mentioned"),
    [
        ({"Ref": "Group"}, {GROUP}),
        ({"Fn::GetAtt": ["Group", "GroupId"]}, {GROUP}),
        ({"Fn::GetAtt": "Group.GroupId"}, {GROUP}),
        ({"Fn::Sub": "arn:${AWS::Partition}:x:${Group.GroupId}:${!Literal}"}, {GROUP}),
        ({"Fn::Sub": ["${Mine} and ${Group}", {"Mine": {"Ref": "Pipeline"}}]}, {PIPELINE, GROUP}),
        (
            {"Fn::Join": ["", ["arn:aws:ec2:::security-group/", {"Ref": "Group"}]]},
            {GROUP, ExternalResource("ec2", f"security-group/{UNKNOWN}")},
        ),
        ({"Fn::Select": [0, [{"Ref": "Group"}]]}, {GROUP}),
        ([{"Ref": "Group"}, {"a": {"Ref": "Pipeline"}}], {GROUP, PIPELINE}),
        ({"Ref": "KeyArn"}, {KEY}),
        ({"Ref": "Gone"}, set()),
        ({"Ref": "Number"}, set()),
        ({"Ref": "AWS::Region"}, set()),
        ("arn:aws:s3:::s-data/raw/*", {DATA}),
        ("arn:aws:s3:::s-data", {DATA}),
        ("s3://s-data/raw/", {DATA}),
        ("arn:aws:s3:::s-data-other/*", {ExternalResource("s3", "s-data-other")}),
        ("arn:aws:sagemaker:eu-west-1:111111111111:pipeline/s/execution/*", {PIPELINE}),
        (
            "arn:aws:sagemaker:eu-west-1:111111111111:pipeline/s-other",
            {ExternalResource("sagemaker", "pipeline/s-other")},
        ),
        ("arn:aws:ssm:eu-west-1:111111111111:parameter/s/key", {Key("s/storage", "Told")}),
        ("s-data", set()),
        (7, set()),
        (None, set()),
    ],
)
def test_a_value_mentions(value: Any, mentioned: set[Key | ExternalResource]) -> None:
    assert set(REFERENCES.find_references("s/pipeline", value)) == mentioned


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (7, "7"),
        ({"Fn::Join": ["-", ["a", {"Ref": "B"}]]}, f"a-{UNKNOWN}"),
        ({"Fn::Sub": "a-${B}-${!C}"}, f"a-{UNKNOWN}-${{!C}}"),
        ({"Fn::Sub": ["a-${B}", {"B": "b"}]}, f"a-{UNKNOWN}"),
        ({"Ref": "B"}, UNKNOWN),
        (None, None),
        ([], None),
        ({"a": 1, "b": 2}, None),
    ],
)
def test_a_value_as_text(value: Any, text: str | None) -> None:
    assert REFERENCES.to_text(value) == text
