"""Verdicts on the consequences of change sets."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.deployment import (
    Judgement,
    StackChanges,
    Verdict,
    clusters_to_terminate,
    judge_consequences,
    list_consequences,
    list_dependent_replacements,
)
from mlproject.parameters import AllowedReplacement
from tests.deployment.test_consequences import BUCKET, CLUSTER, NOTEBOOK, changed, removed

STATE = "3f2a9c41d07b"


def stack(
    change: dict[str, Any], *, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> StackChanges:
    def template(properties: dict[str, Any] | None) -> dict[str, Any]:
        return {"Resources": {"Thing": {"Type": change["ResourceType"], "Properties": properties or {}}}}

    return StackChanges(
        path="dev/a/b",
        name="a-dev-b",
        is_new=False,
        changes=(change,),
        deployed_state=STATE,
        deployed_template=template(before),
        desired_template=template(after),
    )


def judge(planned: StackChanges, *entries: AllowedReplacement) -> Judgement:
    (found,) = judge_consequences(list_consequences([planned]), [planned], entries)
    return found


def entry(resource: str, state: str = STATE) -> AllowedReplacement:
    return AllowedReplacement(resource=resource, reason="It is empty", deployed_state=state)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (removed(BUCKET, "Delete"), Verdict.STOPS),
        (removed(BUCKET, "Retain"), Verdict.STOPS),
        (changed(BUCKET, "BucketName", replacement="True"), Verdict.STOPS),
        (changed(NOTEBOOK, "KmsKeyId", replacement="Conditional"), Verdict.STOPS),
        (changed(NOTEBOOK, "InstanceType"), Verdict.CONFIRM),
        (changed(CLUSTER, "Configurations", replacement="True"), Verdict.CONFIRM),
        (removed("AWS::IAM::Role", "Delete"), Verdict.CONFIRM),
        (removed("AWS::KMS::Key", "Retain"), Verdict.STOPS),
        (removed("AWS::SageMaker::ModelPackageGroup", "Delete"), Verdict.STOPS),
        (removed("AWS::Logs::LogGroup", "Delete"), Verdict.STOPS),
    ],
)
def test_what_loses_data_or_work_stops_a_deployment_and_the_rest_needs_confirmation(
    change: dict[str, Any], verdict: Verdict
) -> None:
    assert judge(stack(change)).verdict is verdict


@pytest.mark.parametrize("name", ["a-dev-b/Thing", "thing-1"])
def test_an_entry_names_the_resource_by_its_stack_or_in_aws(name: str) -> None:
    found = judge(stack(removed(BUCKET, "Delete")), entry("other"), entry(name))
    assert (found.verdict, found.reason) == (Verdict.PERMITTED, "It is empty")


def test_an_entry_for_another_state_has_expired() -> None:
    found = judge(stack(removed(BUCKET, "Delete")), entry("thing-1", "0" * 12))
    assert found.verdict is Verdict.STOPS
    assert "its entry in allow_replacement has expired, since it is for the state 000000000000" in found.reason


@pytest.mark.parametrize(
    ("change", "before", "after", "can_be_permitted"),
    [
        (changed(BUCKET, "BucketName", replacement="True"), {"BucketName": "a"}, {"BucketName": "b"}, True),
        (changed(BUCKET, "ObjectLockEnabled", replacement="True"), {"BucketName": "a"}, {"BucketName": "a"}, False),
        # CloudFormation generates the name.
        (changed(BUCKET, "ObjectLockEnabled", replacement="True"), {}, {}, True),
        (changed(NOTEBOOK, "VolumeSizeInGB"), {"VolumeSizeInGB": 30}, {"VolumeSizeInGB": 20}, False),
    ],
)
def test_no_entry_permits_what_aws_rejects(
    change: dict[str, Any], before: dict[str, Any], after: dict[str, Any], can_be_permitted: bool
) -> None:
    found = judge(stack(change, before=before, after=after), entry("thing-1"))
    assert (found.verdict is Verdict.PERMITTED) is can_be_permitted
    assert (found.verdict is Verdict.STOPS) is not can_be_permitted


def test_a_larger_volume_needs_confirmation() -> None:
    planned = stack(changed(NOTEBOOK, "VolumeSizeInGB"), before={"VolumeSizeInGB": 20}, after={"VolumeSizeInGB": 30})
    assert judge(planned).verdict is Verdict.CONFIRM


@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize(
    ("change", "terminated"),
    [
        (changed(CLUSTER, "Name", replacement="True"), True),
        (changed(CLUSTER, "Name", replacement="Conditional"), True),
        (removed(CLUSTER, "Delete"), True),
        (removed(CLUSTER, "Retain"), False),
    ],
)
def test_a_protected_cluster_must_be_terminated_on_purpose_before_a_deployment_does(
    change: dict[str, Any], *, terminated: bool, protected: bool
) -> None:
    planned = stack(change)
    consequences = list_consequences([planned])
    assert clusters_to_terminate(consequences) == (("thing-1",) if terminated else ())
    clusters = ["another", *(["thing-1"] if protected else [])]
    (found,) = judge_consequences(consequences, [planned], [entry("thing-1")], protected_clusters=clusters)
    if terminated and protected:
        assert found.verdict is Verdict.STOPS
        assert "terminate it first with `mlproject cluster down`" in found.reason
    else:
        assert found.verdict is Verdict.CONFIRM


@pytest.mark.parametrize(
    ("logical_id", "command"),
    [("ClusterAB12CD34", "mlproject cluster down`"), ("NamedClusterLarge", "mlproject cluster down --cluster large`")],
)
def test_the_protected_cluster_to_terminate_is_named(logical_id: str, command: str) -> None:
    planned = stack({**changed(CLUSTER, "Name", replacement="True"), "LogicalResourceId": logical_id})
    (found,) = judge_consequences(list_consequences([planned]), [planned], [], protected_clusters=["thing-1"])
    assert command in found.reason


def reader(name: str, properties: dict[str, Any]) -> StackChanges:
    """A stack without changes, whose notebook reads an SSM parameter."""
    template = {
        "Parameters": {"Key": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": name}},
        "Resources": {"Notebook": {"Type": NOTEBOOK, "Properties": properties}},
    }
    return StackChanges(
        path="dev/a/notebooks",
        name="a-dev-notebooks",
        is_new=False,
        is_unchanged=True,
        deployed_template=template,
        desired_template=template,
    )


@pytest.mark.parametrize(
    ("read", "properties", "paths"),
    [
        ("/a/key", {"NotebookInstanceName": "x", "KmsKeyId": {"Ref": "Key"}}, [("KmsKeyId",)]),
        ("/a/key", {"SubnetId": {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Key"}]}]}}, [("SubnetId",)]),
        ("/a/key", {"KmsKeyId": {"Fn::Sub": "${Key}"}}, [("KmsKeyId",)]),
        # A change in place.
        ("/a/key", {"RoleArn": {"Ref": "Key"}}, []),
        ("/another", {"KmsKeyId": {"Ref": "Key"}}, []),
    ],
)
def test_a_changed_ssm_parameter_replaces_what_another_stack_makes_of_it(
    read: str, properties: dict[str, Any], paths: list[tuple[str, ...]]
) -> None:
    change = changed("AWS::SSM::Parameter", "Value")
    change["Details"][0] |= {"Evaluation": "Static"}
    storage = stack(change, after={"Name": "/a/key"})
    assert [each.because for each in list_dependent_replacements([storage, reader(read, properties)])] == paths
