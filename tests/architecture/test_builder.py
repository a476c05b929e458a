"""Nodes of a stack: their names, details and marks; every other resource is counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlproject.architecture import ResourceNode, build_architecture, build_plan
from mlproject.architecture.drawn_types import DRAWN_TYPES
from mlproject.architecture.plan import describe_others
from tests.architecture.test_references import resource, stack


def build_nodes(resources: dict[str, Any], name: str = "s-dev/one") -> tuple[ResourceNode, ...]:
    return build_architecture([stack(name, resources)]).stacks[0].nodes


@pytest.mark.parametrize("type_name", DRAWN_TYPES)
def test_a_resource_of_a_type_that_is_drawn_shows_up(type_name: str) -> None:
    before = {"Bucket": resource("AWS::S3::Bucket", BucketName="a")}
    after = build_architecture([stack("s-dev/one", {**before, "Added1A2B3C4D": resource(type_name)})])
    assert ("s-dev/one/Added1A2B3C4D" in {node.id for node in after.stacks[0].nodes}) or type_name == "AWS::S3::Bucket"
    shown = [node for panel in build_plan(after, title="").panels for node in panel.nodes]
    assert len(shown) == 2
    assert "Added" in {node.name for node in shown}
    assert after.stacks[0].others == {}


def test_a_type_that_is_not_known_is_counted_and_not_dropped() -> None:
    resources = {
        "Bucket": resource("AWS::S3::Bucket"),
        **{f"New{number}": resource("AWS::New::Thing") for number in range(3)},
        "Role": resource("AWS::IAM::Role"),
    }
    architecture = build_architecture([stack("s-dev/one", resources)])
    (content,) = architecture.stacks
    assert content.resources == 5
    assert content.others == {"AWS::New::Thing": 3, "AWS::IAM::Role": 1}
    (panel,) = build_plan(architecture, title="").panels
    assert panel.more.replace("\N{NO-BREAK SPACE}", " ") == "and 4 more: 3 New Thing, 1 IAM Role"


def test_a_stack_of_which_nothing_is_drawn_says_what_it_has() -> None:
    assert (
        describe_others({"AWS::IAM::Role": 2}, drawn=False).replace("\N{NO-BREAK SPACE}", " ") == "2 more: 2 IAM Role"
    )
    assert describe_others({}) == ""


def test_names_are_without_what_all_have_in_common() -> None:
    found = build_nodes(
        {
            "A": resource("AWS::S3::Bucket", BucketName="s-dev-data-111111111111-eu-west-1"),
            "B": resource("AWS::SageMaker::Pipeline", PipelineName="s-dev"),
            "C": resource("AWS::EMR::Cluster", Name={"Fn::Join": ["-", ["s-dev-1", {"Ref": "Restarts"}]]}),
            "TopicAB12CD34": resource("AWS::SNS::Topic"),
            "E": resource("AWS::KMS::Key", Description="not the name"),
            "F": resource("AWS::KMS::Alias", AliasName="alias/s-dev-key", TargetKeyId={"Fn::GetAtt": ["E", "Arn"]}),
        }
    )
    assert {node.name for node in found} == {"data", "s-dev", "s-dev-1", "Topic", "key"}


def test_details_tell_things_of_a_type_apart() -> None:
    body = json.dumps({"Steps": [{}, {}], "Name": "${Name}"})
    branches = {"IfSteps": [{}, {"Type": "Condition", "Arguments": {"IfSteps": [{}]}}], "ElseSteps": [{}]}
    nested = json.dumps({"Steps": [{}, {"Type": "Condition", "Arguments": branches}]})
    found = build_nodes(
        {
            "A": resource("AWS::SageMaker::NotebookInstance", InstanceType="ml.t3.medium", VolumeSizeInGB=20),
            "B": resource(
                "AWS::EMR::Cluster",
                ReleaseLabel="emr-7.13.0",
                Instances={
                    "MasterInstanceGroup": {"InstanceType": "m5.xlarge"},
                    "CoreInstanceGroup": {"InstanceType": "r5.xlarge"},
                    "Ec2SubnetId": "subnet-1",
                },
            ),
            "C": resource(
                "AWS::SageMaker::Pipeline",
                PipelineDefinition={"PipelineDefinitionBody": {"Fn::Sub": [body, {"Name": "x"}]}},
            ),
            "D": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
            "E": resource("AWS::EC2::Subnet", VpcId={"Ref": "D"}),
            "F": resource("AWS::EC2::Subnet", VpcId={"Ref": "Other"}),
            "G": resource("AWS::Logs::LogGroup", RetentionInDays=30),
            "H": resource("AWS::SageMaker::Pipeline", PipelineDefinition={"PipelineDefinitionBody": "no JSON"}),
            "I": resource("AWS::SageMaker::Pipeline", PipelineDefinition={"PipelineDefinitionBody": nested}),
        }
    )
    assert {node.resources[0]: node.detail for node in found} == {
        "A": "ml.t3.medium, 20 GB",
        "B": "emr-7.13.0, m5.xlarge, r5.xlarge",
        "C": "2 steps",
        "D": "1 subnet",
        "G": "retained 30 days",
        "H": "",
        "I": "6 steps",
    }


@pytest.mark.parametrize(
    ("repositories", "drawn"),
    [
        (["sagemaker-xgboost"], ["sagemaker-xgboost"]),
        (["sagemaker-xgboost", "sagemaker-scikit-learn"], ["2 container images"]),
        ([], []),
    ],
)
def test_the_images_that_a_pipelines_role_may_pull_are_drawn_as_one(repositories: list[str], drawn: list[str]) -> None:
    pull = {
        "Effect": "Allow",
        "Action": "ecr:BatchGetImage",
        "Resource": [f"arn:aws:ecr:eu-west-1:1:repository/{name}" for name in repositories],
    }
    resources = {
        "Pipeline": resource("AWS::SageMaker::Pipeline", RoleArn={"Ref": "Role"}),
        "Role": resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": pull}}]),
    }
    assert [node.name for node in build_architecture([stack("s-dev/pipeline", resources)]).outside] == drawn


def test_many_of_a_kind_are_drawn_as_one_that_names_them() -> None:
    rules = {f"Rule{number}": resource("AWS::Events::Rule", Name=f"s-dev-rule-{number}") for number in (1, 2)}
    (node,) = build_nodes(rules)
    assert (node.type, node.name, node.detail) == ("EventBridge", "2 event rules", "rule-1, rule-2")
    assert node.resources == ("Rule1", "Rule2")
    (alone,) = build_nodes({"Rule1": rules["Rule1"]})
    assert (alone.type, alone.name, alone.detail) == ("event rule", "rule-1", "")


SOURCE = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/s/key"}


@pytest.mark.parametrize(
    ("made", "marks"),
    [
        (resource("AWS::S3::Bucket", BucketName="a"), ()),
        (resource("AWS::S3::Bucket", BucketEncryption={"K": {"Fn::GetAtt": ["Key", "Arn"]}}), ("key",)),
        (
            resource("AWS::SageMaker::NotebookInstance", KmsKeyId={"Ref": "KeyArn"}, SubnetId="subnet-1"),
            ("key", "network"),
        ),
        (resource("AWS::EMR::Cluster", SecurityConfiguration={"Ref": "Security"}), ("key",)),
        (resource("AWS::SageMaker::NotebookInstance", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}), ()),
        (
            resource("AWS::EMR::Cluster", Instances={"Ec2SubnetId": {"Fn::Select": [0, {"Ref": "Subnets"}]}}),
            ("network",),
        ),
    ],
)
def test_marks_say_what_is_encrypted_and_what_stands_in_the_subnets(
    made: dict[str, Any], marks: tuple[str, ...]
) -> None:
    resources = {
        "Subject": made,
        "Key": resource("AWS::KMS::Key"),
        "Told": resource("AWS::SSM::Parameter", Name="/s/key", Value={"Fn::GetAtt": ["Key", "Arn"]}),
        "Security": resource("AWS::EMR::SecurityConfiguration", SecurityConfiguration={"Key": {"Ref": "KeyArn"}}),
        "Role": resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Resource": {"Ref": "KeyArn"}}}]),
    }
    (content,) = build_architecture([stack("s-dev/one", resources, {"KeyArn": SOURCE})]).stacks
    (subject,) = [node for node in content.nodes if node.resources == ("Subject",)]
    assert subject.marks == marks


def test_panels_stand_by_what_they_do_and_unknown_stacks_below() -> None:
    names = ("dev/network", "s-dev/storage", "s-dev/new", "s-dev/pipeline", "s-dev/operations", "s-dev/notebooks")
    plan = build_plan(build_architecture([stack(name, {}) for name in names]), title="")
    assert [(panel.title, panel.column) for panel in plan.panels] == [
        ("s-dev-notebooks", 0),
        ("s-dev-pipeline", 1),
        ("s-dev-storage", 2),
        ("s-dev-operations", None),
        ("s-dev-new", None),
        ("dev-network", None),
    ]


def test_within_a_type_what_other_stacks_use_most_comes_first() -> None:
    storage = {
        "Logs": resource("AWS::S3::Bucket", BucketName="logs"),
        "Data": resource("AWS::S3::Bucket", BucketName="data", LoggingConfiguration={"D": {"Ref": "Logs"}}),
    }
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    reading = {
        "Pipeline": resource("AWS::SageMaker::Pipeline", RoleArn={"Ref": "Role"}),
        "Role": resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": allowed}}]),
    }
    architecture = build_architecture([stack("s-dev/storage", storage), stack("s-dev/pipeline", reading)])
    assert [node.name for node in architecture.stacks[0].nodes] == ["data", "logs"]
