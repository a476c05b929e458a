"""Consequences of change sets for existing resources."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.deployment import Effect, StackChanges, list_consequences


def changed(type_name: str, *properties: str, replacement: str = "False", **others: Any) -> dict[str, Any]:
    """Build a ResourceChange, as returned by DescribeChangeSet."""
    return {
        "Action": "Modify",
        "LogicalResourceId": "Thing",
        "PhysicalResourceId": "thing-1",
        "ResourceType": type_name,
        "Replacement": replacement,
        "Details": [{"Target": {"Attribute": "Properties", "Name": name}} for name in properties],
        **others,
    }


def removed(type_name: str, policy: str) -> dict[str, Any]:
    return {
        "Action": "Remove",
        "LogicalResourceId": "Thing",
        "PhysicalResourceId": "thing-1",
        "ResourceType": type_name,
        "PolicyAction": policy,
    }


NOTEBOOK, CLUSTER, BUCKET = "AWS::SageMaker::NotebookInstance", "AWS::EMR::Cluster", "AWS::S3::Bucket"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            changed(NOTEBOOK, "InstanceType", "Tags"),
            "dev/a/b stops SageMaker NotebookInstance thing-1 (change of InstanceType)",
        ),
        (changed(NOTEBOOK, "Tags"), None),
        (
            changed(CLUSTER, "Configurations", "AutoTerminationPolicy", replacement="True"),
            "dev/a/b replaces EMR Cluster thing-1 (change of Configurations)",
        ),
        (
            changed(NOTEBOOK, "SubnetId", replacement="Conditional"),
            "dev/a/b may replace SageMaker NotebookInstance thing-1 (change of SubnetId)",
        ),
        (changed(CLUSTER, "AutoTerminationPolicy"), None),
        (removed(BUCKET, "Delete"), "dev/a/b deletes S3 Bucket thing-1"),
        (removed(BUCKET, "Retain"), "dev/a/b leaves behind S3 Bucket thing-1"),
        (removed("AWS::KMS::Key", "Delete"), "dev/a/b deletes KMS Key thing-1"),
        (removed("AWS::SSM::Parameter", "Delete"), None),
        (changed("AWS::CloudWatch::Alarm", "AlarmName", replacement="True"), None),
        ({**removed(BUCKET, "Delete"), "Action": "Add"}, None),
    ],
)
def test_what_a_change_does_to_what_is_in_use_is_one_sentence(change: dict[str, Any], sentence: str | None) -> None:
    found = list_consequences([StackChanges(path="dev/a/b", is_new=False, changes=(change,))])
    assert [str(each) for each in found] == ([sentence] if sentence else [])


def test_a_whole_path_of_a_property_counts_where_cloudformation_gives_it() -> None:
    change = changed(CLUSTER, replacement="False")
    target = {"Attribute": "Properties", "Name": "Instances", "Path": "/Properties/Instances/CoreInstanceGroup"}
    change["Details"] = [{"Target": {**target, "Path": f"{target['Path']}/InstanceType"}}]
    change["Replacement"] = "True"
    (found,) = list_consequences([StackChanges(path="dev/a/emr", is_new=False, changes=(change,))])
    assert found.because == ("Instances/CoreInstanceGroup/InstanceType",)


def test_a_name_that_is_an_arn_is_shown_by_its_last_part() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/flights-dev-explore"
    (found,) = list_consequences(
        [
            StackChanges(
                path="dev/a/b", is_new=False, changes=({**removed(NOTEBOOK, "Delete"), "PhysicalResourceId": arn},)
            )
        ]
    )
    assert str(found) == "dev/a/b deletes SageMaker NotebookInstance flights-dev-explore"
    assert found.name == arn


def test_the_worst_comes_first() -> None:
    stops = changed(NOTEBOOK, "InstanceType")
    replaces = changed(CLUSTER, "Configurations", replacement="True")
    stacks = [
        StackChanges(path="dev/a/notebooks", is_new=False, changes=(stops, removed(NOTEBOOK, "Retain"))),
        StackChanges(path="dev/a/emr", is_new=False, changes=(replaces,)),
        StackChanges(path="dev/a/storage", is_new=False, changes=(removed(BUCKET, "Delete"),)),
        StackChanges(path="dev/a/pipeline", is_new=True),
    ]
    assert [each.effect for each in list_consequences(stacks)] == [
        Effect.DELETES,
        Effect.LEAVES,
        Effect.REPLACES,
        Effect.STOPS,
    ]
