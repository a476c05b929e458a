"""Protection of data: fixed logical ids, retention and access."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import pytest

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.definition.batch import CAPTURED
from mlproject.parameters import Platform
from tests.stacks.assembly import Stack, retaining

ENVIRONMENTS = ("dev", "pre", "prod", "local")
# Another logical id is another resource: CloudFormation would delete the old one, or be stopped by its name.
STATEFUL = {
    "storage": {
        "EncryptionKey3A692D6E": "AWS::KMS::Key",
        "DataBucketE6B0FAA8": "AWS::S3::Bucket",
        "ArtifactsBucket88671897": "AWS::S3::Bucket",
        "AccessLogsBucketCD784A59": "AWS::S3::Bucket",
    },
    "pipeline": {
        "ModelsGroup98E0DD79": "AWS::SageMaker::ModelPackageGroup",
        "PipelineD808E361": "AWS::SageMaker::Pipeline",
    },
    "notebooks": {
        "NotebookexploreNotebookInstance448CDB64": "AWS::SageMaker::NotebookInstance",
    },
    "serving": {
        "BatchPipeline742F5833": "AWS::SageMaker::Pipeline",
    },
    "network": {
        "NetworkVpcFAC8F4A5": "AWS::EC2::VPC",
        "NetworkSubnet18D1B2567": "AWS::EC2::Subnet",
        "NetworkSubnet29A0E8491": "AWS::EC2::Subnet",
        "FlowLogsEncryptionKeyF1B648DC": "AWS::KMS::Key",
        "FlowLogsGroupB75701E7": "AWS::Logs::LogGroup",
    },
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("stack", [name for name in STATEFUL if name != "serving"])
def test_every_stack_has_its_stateful_resources_under_their_logical_ids(
    environment: str, stack: str, stacks: Mapping[str, Stack]
) -> None:
    found = stacks[f"{environment}/{stack}" if stack == "network" else f"{environment}/flights/{stack}"]
    assert stateful(found) == STATEFUL[stack]


def test_the_logical_ids_of_stateful_resources_never_change(all_stacks: Mapping[str, Stack]) -> None:
    for name, stack in all_stacks.items():
        kind = name.rpartition("/")[2]
        for logical_id, resource_type in stateful(stack).items():
            # A notebook's name is part of its logical id; tests of snapshots see the whole of it.
            known = kind == "notebooks" or STATEFUL.get(kind, {}).get(logical_id) == resource_type
            assert known, f"{name}: {logical_id}"


def stateful(stack: Stack) -> dict[str, str]:
    """Return the types of resources that contain data or have a fixed name, by logical id."""
    types = {value for values in STATEFUL.values() for value in values.values()}
    return {name: resource["Type"] for name, resource in stack.resources(*types).items()}


def test_no_bucket_is_public_or_open_to_acls_or_plain_http(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        policies = stack.resources("AWS::S3::BucketPolicy").values()
        for name, bucket in stack.resources("AWS::S3::Bucket").items():
            properties = bucket["Properties"]
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(properties["PublicAccessBlockConfiguration"]) == 4
            assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
            assert "AccessControl" not in properties
            (policy,) = (p["Properties"] for p in policies if p["Properties"]["Bucket"] == {"Ref": name})
            refused = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert [s["Condition"] for s in refused] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_every_key_is_rotated(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        for key in stack.resources("AWS::KMS::Key").values():
            assert key["Properties"]["EnableKeyRotation"] is True


def test_stacks_that_hold_retained_data_are_protected_from_deletion(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    guarded = {name for name, stack in all_stacks.items() if stack.properties.get("terminationProtection")}
    assert guarded == {
        name
        for name in all_stacks
        if name.partition("/")[0] in retaining(platforms)
        if name.rpartition("/")[2] in ("network", "storage", "notebooks")
    }


def test_data_is_retained_unless_the_environment_says_otherwise(platforms: Sequence[Platform]) -> None:
    assert retaining(platforms) == {"pre", "prod", "owned", "joined"}


def test_the_expiry_of_intermediate_outputs_never_reaches_models_or_data(all_stacks: Mapping[str, Stack]) -> None:
    for name, stack in all_stacks.items():
        for bucket in stack.resources("AWS::S3::Bucket").values():
            rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
            expiring = [rule.get("Prefix") for rule in rules if "ExpirationInDays" in rule]
            use = bucket["Properties"]["BucketName"]
            if "-access-logs-" in use:
                assert expiring == [None]
            elif "-artifacts-" in use:
                # A project without a pipeline has no runs, and only an endpoint captures requests.
                runs = [str(prefix) for prefix in expiring if prefix not in (LOGS_PREFIX, f"{CAPTURED}/")]
                assert len(runs) <= 1, name
                assert all(re.fullmatch(r"\w+/runs/", prefix) for prefix in runs), name
                assert LOGS_PREFIX in expiring
            else:
                assert expiring == []


def test_lifecycle_rules_follow_the_parameters(example_stacks: Mapping[str, Stack]) -> None:
    days = json.dumps(
        [
            bucket["Properties"]["LifecycleConfiguration"]["Rules"]
            for bucket in example_stacks["owned/alpha/storage"].resources("AWS::S3::Bucket").values()
        ]
    )
    assert '"TransitionInDays": 60' in days
    assert '"NoncurrentDays": 14' in days
    assert '"ExpirationInDays": 90' in days
    assert '"ExpirationInDays": 400' in days


def test_everything_that_takes_tags_says_project_environment_owner_and_cost_centre(
    all_stacks: Mapping[str, Stack],
) -> None:
    wanted = {"project", "environment", "owner", "cost-centre"}
    for stack in all_stacks.values():
        assert wanted <= set(stack.properties["tags"])
        for name, resource in stack.resources().items():
            # A budget has its tags under another name.
            tags = resource["Properties"].get("Tags") or resource["Properties"].get("ResourceTags")
            if tags is None:
                assert resource["Type"] in UNTAGGED, name
            else:
                assert wanted <= (set(tags) if isinstance(tags, dict) else {tag["Key"] for tag in tags}), name


# CloudFormation knows no tags for these.
UNTAGGED = {
    "AWS::EMR::SecurityConfiguration",
    "AWS::Events::ApiDestination",
    "AWS::Events::Connection",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::KMS::Alias",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::Scheduler::Schedule",
}
