"""What a change of a property does, by the schemas that cfn-lint bundles and our overrides."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from embedded_aws.resource_rules import Override, UnknownTypeError, overrides, resource_rules, type_names
from embedded_aws.resource_rules.rules import rules_of_schema
from embedded_aws.resource_rules.schemas import schema
from embedded_aws.resources import HANDLERS

# Custom resources have no schema of AWS's to compare with.
HANDLED = sorted(name for name in HANDLERS if not name.startswith("Custom::"))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_schemas_are_those_of_cfn_lint(region: str) -> None:
    ours, theirs = type_names(region), set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))
    assert ours == {name for name in theirs if not name.startswith("AWS::Serverless::")}
    for type_name in {*HANDLED, *sorted(ours)[::40]} & ours:
        assert schema(type_name, region) == PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_name).schema


def test_reading_a_rule_does_not_import_cfn_lint() -> None:
    code = (
        "import sys; from embedded_aws.resource_rules import resource_rules; "
        "assert resource_rules('AWS::S3::Bucket').fixed_name_property; assert 'cfnlint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("type_name", HANDLED)
def test_getatt_reads_what_cfn_lint_says_for_every_type_with_a_handler(type_name: str) -> None:
    rules = resource_rules(type_name)
    theirs = {
        name.replace("\\", "")
        for name in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_name).get_atts.data
    }
    assert {name for name in theirs if not rules.readable(name)} == set()
    whole = any(entry.type == type_name and entry.property == "*" for entry in overrides())
    assert whole or set(rules.attributes) - theirs == set()


def test_a_type_without_a_schema_is_refused_by_name() -> None:
    with pytest.raises(UnknownTypeError, match=r"AWS::S3::Buket: the resource schemas of us-east-1 know no such type"):
        resource_rules("AWS::S3::Buket")


@pytest.mark.parametrize(
    ("type_name", "path", "recreation"),
    [
        ("AWS::S3::Bucket", "BucketName", "Always"),
        ("AWS::S3::Bucket", "VersioningConfiguration/Status", "Never"),
        ("AWS::S3::Bucket", "NotInTheSchema", "Always"),
        ("AWS::Budgets::Budget", "Budget/BudgetName", "Always"),
        ("AWS::Budgets::Budget", "Budget/BudgetLimit/Amount", "Never"),
        ("AWS::Budgets::Budget", "Budget", "Always"),
        ("AWS::Budgets::Budget", "NotificationsWithSubscribers/*/Subscribers/*/Address", "Always"),
        ("AWS::ECR::Repository", "EncryptionConfiguration/KmsKey", "Always"),
        ("AWS::EC2::VPC", "InstanceTenancy", "Conditionally"),
        ("AWS::EMR::Cluster", "Instances/Ec2SubnetId", "Always"),
        ("AWS::EMR::Cluster", "Instances/MasterInstanceGroup/InstanceType", "Always"),
        ("AWS::EMR::Cluster", "Instances/CoreInstanceGroup/InstanceCount", "Never"),
        ("AWS::EMR::Cluster", "Instances/TaskInstanceGroups/*/InstanceCount", "Never"),
        ("AWS::EMR::Cluster", "Instances/TaskInstanceGroups", "Always"),
        ("AWS::EMR::Cluster", "Instances/TerminationProtected", "Never"),
        ("AWS::EMR::Cluster", "Tags", "Never"),
        ("AWS::SageMaker::NotebookInstance", "PlatformIdentifier", "Never"),
        ("AWS::SageMaker::NotebookInstance", "SubnetId", "Always"),
        ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupDescription", "Always"),
        ("AWS::EMR::SecurityConfiguration", "SecurityConfiguration/EncryptionConfiguration", "Always"),
    ],
)
def test_rule_8_a_change_asks_for_what_aws_says(type_name: str, path: str, recreation: str) -> None:
    assert resource_rules(type_name).recreation(path) == recreation


def test_rule_8_only_what_certainly_changes_in_place_does_not_replace() -> None:
    rules = resource_rules("AWS::EC2::VPC")
    assert rules.replacing(["EnableDnsSupport", "CidrBlock", "InstanceTenancy"]) == {"CidrBlock", "InstanceTenancy"}


@pytest.mark.parametrize(
    ("type_name", "name"),
    [
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::KMS::Alias", "AliasName"),
        ("AWS::EC2::SecurityGroup", "GroupName"),
        ("AWS::EC2::FlowLog", None),
        ("AWS::EC2::VPCEndpoint", None),
        ("AWS::Events::Rule", "Name"),
        ("AWS::Budgets::Budget", "Budget/BudgetName"),
        ("AWS::SageMaker::Pipeline", "PipelineName"),
        ("AWS::SageMaker::Model", "ModelName"),
        ("AWS::SageMaker::EndpointConfig", "EndpointConfigName"),
        ("AWS::EMR::SecurityConfiguration", "Name"),
        ("AWS::EMR::Cluster", None),
        ("AWS::EMRServerless::Application", None),
    ],
)
def test_the_property_that_fixes_a_resources_name_is_known(type_name: str, name: str | None) -> None:
    assert resource_rules(type_name).fixed_name_property == name


def test_tags_stand_where_the_schema_says() -> None:
    assert (resource_rules("AWS::S3::Bucket").tag_property, resource_rules("AWS::S3::Bucket").tags_are_a_map) == (
        "Tags",
        False,
    )
    assert resource_rules("AWS::Budgets::Budget").tag_property == "ResourceTags"
    assert resource_rules("AWS::SSM::Parameter").tags_are_a_map
    assert resource_rules("AWS::Glue::Job").tags_are_a_map
    assert resource_rules("AWS::EMR::Cluster").tag_property == "Tags"
    assert resource_rules("AWS::EC2::Route").tag_property is None


def test_read_only_properties_are_no_properties_to_give() -> None:
    rules = resource_rules("AWS::S3::Bucket")
    assert rules.knows("BucketName")
    assert not rules.knows("Arn")
    assert rules.readable("Arn")
    assert not rules.readable("BucketName")
    assert resource_rules("AWS::EC2::Subnet").readable("VpcId")


def test_a_change_that_stops_a_notebook_in_use_is_known_and_one_that_waits_for_the_next_start_is_none() -> None:
    instance = resource_rules("AWS::SageMaker::NotebookInstance")
    changed = ["InstanceType", "VolumeSizeInGB", "InstanceMetadataServiceConfiguration/X", "Tags/*/Value"]
    assert instance.interrupting(changed) == set(changed) - {"Tags/*/Value"}
    assert not instance.replacing(changed)
    assert not resource_rules("AWS::SageMaker::NotebookInstanceLifecycleConfig").interrupting(["OnStart/*/Content"])


def test_every_override_names_a_property_of_its_type_and_its_source() -> None:
    for entry in overrides():
        found = schema(entry.type)
        assert found is not None, entry
        assert entry.property == "*" or entry.property.split("/")[0] in found["properties"], entry
        assert entry.page.startswith("https://docs.aws.amazon.com/"), entry
        assert entry.why.endswith("."), entry
    keys = [(entry.type, entry.property, entry.effect) for entry in overrides()]
    assert len(set(keys)) == len(keys)


def test_an_override_with_an_unknown_effect_is_refused_and_told_the_known_ones() -> None:
    assert Override(type="A", property="B", effect="in-place", page="", why="").effect == "in-place"
    with pytest.raises(ValueError, match=r"the effect none is none of \('replacement', 'conditional', "):
        Override(type="A", property="B", effect="none", page="", why="")  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", overrides(), ids=lambda entry: f"{entry.type}-{entry.property}-{entry.effect}")
def test_no_override_repeats_what_the_schema_says_already(entry: object) -> None:
    assert isinstance(entry, Override)
    found = schema(entry.type)
    assert found is not None
    without = rules_of_schema(found, [other for other in overrides() if other.type == entry.type and other != entry])
    assert without != resource_rules(entry.type)
