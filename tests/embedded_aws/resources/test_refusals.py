"""What handlers refuse, and that nothing is left behind or taken over when they do."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.resources import HANDLERS
from tests.embedded_aws.moto_server import REGION
from tests.embedded_aws.resources.cases import KEY_ARN, document, trust
from tests.embedded_aws.resources.harness import SUBJECT, Driver


def subject(type_name: str, **properties: Any) -> dict[str, Any]:
    return {SUBJECT: {"Type": type_name, "Properties": properties}}


@pytest.mark.parametrize(
    ("type_name", "properties", "named"),
    [
        ("AWS::S3::Bucket", {"ReplicationConfiguration": {"Role": "r", "Rules": []}}, "ReplicationConfiguration"),
        (
            "AWS::S3::Bucket",
            {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Transition": {"StorageClass": "GLACIER"}}]}},
            "LifecycleConfiguration.Rules.Transition",
        ),
        ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document("s3:*"), "Users": ["u"]}, "Users"),
        ("AWS::EC2::VPC", {"Ipv4IpamPoolId": "pool"}, "Ipv4IpamPoolId"),
        ("AWS::Logs::LogGroup", {"FieldIndexPolicies": []}, "FieldIndexPolicies"),
    ],
)
def test_a_property_that_is_not_applied_is_refused_by_name_before_anything_is_made(
    type_name: str, properties: dict[str, Any], named: str, driver: Driver
) -> None:
    with pytest.raises(CloudFormationError) as refusal:
        driver.apply(subject(type_name, **properties))
    assert named in str(refusal.value)
    assert type_name in str(refusal.value)
    assert driver.engine.find("contract") is None


def test_a_function_whose_value_is_not_known_yet_is_passed_over() -> None:
    bucket = HANDLERS["AWS::S3::Bucket"]
    assert bucket.unsupported({"LifecycleConfiguration": {"Fn::If": ["Old", {"Rules": []}, {"Ref": "X"}]}}) == ()
    assert bucket.unsupported({"LifecycleConfiguration": {"Rules": [{"Id": {"Ref": "Name"}}]}}) == ()


def test_every_refused_path_is_named_once() -> None:
    transition = {"StorageClass": "GLACIER", "TransitionInDays": 1}
    rules = [{"Id": "a", "Transition": transition}, {"Id": "b", "Transition": transition}]
    unsupported = HANDLERS["AWS::S3::Bucket"].unsupported(
        {"LifecycleConfiguration": {"Rules": rules}, "AnalyticsConfigurations": [{"Id": "a"}], "AbacStatus": "Enabled"}
    )
    assert unsupported == ("LifecycleConfiguration.Rules.Transition", "AnalyticsConfigurations", "AbacStatus")


def test_a_role_that_fails_half_way_leaves_nothing(driver: Driver) -> None:
    role = subject(
        "AWS::IAM::Role",
        RoleName="contract-half",
        AssumeRolePolicyDocument=trust("ec2.amazonaws.com"),
        ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/NoSuchPolicy"],
    )
    assert driver.apply(role) == "ROLLBACK_COMPLETE"
    assert "contract-half" not in {each["RoleName"] for each in driver.services("iam").list_roles()["Roles"]}


def test_a_bucket_that_fails_half_way_leaves_nothing(driver: Driver) -> None:
    logging = {"DestinationBucketName": "contract-no-such-bucket"}
    assert driver.apply(subject("AWS::S3::Bucket", BucketName="contract-half", LoggingConfiguration=logging)) == (
        "ROLLBACK_COMPLETE"
    )
    assert "contract-half" not in {each["Name"] for each in driver.services("s3").list_buckets()["Buckets"]}


@pytest.mark.parametrize(
    ("type_name", "properties"),
    [
        ("AWS::S3::Bucket", {"BucketName": "contract-existing"}),
        ("AWS::SageMaker::ModelPackageGroup", {"ModelPackageGroupName": "contract-existing"}),
        ("AWS::SSM::Parameter", {"Name": "contract-existing", "Type": "String", "Value": "2"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "contract-existing"}),
        ("AWS::ECR::Repository", {"RepositoryName": "contract-existing"}),
    ],
)
def test_what_exists_already_is_neither_taken_over_nor_deleted(
    type_name: str, properties: dict[str, Any], driver: Driver
) -> None:
    owner = Driver(driver.services)
    assert owner.apply(subject(type_name, **properties)) == "CREATE_COMPLETE"
    assert driver.apply(subject(type_name, **properties)) == "ROLLBACK_COMPLETE"
    driver.delete()
    # It is still there: its own stack can change it.
    tagged = {"Tags": {"a": "1"} if type_name == "AWS::SSM::Parameter" else [{"Key": "a", "Value": "1"}]}
    assert owner.apply(subject(type_name, **properties, **tagged)) == "UPDATE_COMPLETE", owner.reasons()
    assert owner.delete() == "DELETE_COMPLETE", owner.reasons()


def test_a_second_policy_for_a_bucket_is_refused(driver: Driver) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::contract-twice/*"}
    policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [statement]}}
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "contract-twice"}},
        "One": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
        "Two": {"Type": "AWS::S3::BucketPolicy", "Properties": policy, "DependsOn": "One"},
    }
    assert driver.apply(resources) == "ROLLBACK_COMPLETE"
    assert any("already exists" in reason for reason in driver.reasons())


@pytest.mark.parametrize(
    ("type_name", "first", "changed", "says"),
    [
        ("AWS::Logs::LogGroup", {}, {"LogGroupClass": "INFREQUENT_ACCESS"}, "cannot be changed"),
        ("AWS::KMS::Key", {"KeySpec": "SYMMETRIC_DEFAULT"}, {"KeySpec": "RSA_2048"}, "cannot be changed"),
        (
            "AWS::SageMaker::Pipeline",
            {"ParallelismConfiguration": {"MaxParallelExecutionSteps": 1}},
            {},
            "cannot be taken away",
        ),
    ],
)
def test_a_change_that_aws_cannot_make_fails_in_words(
    type_name: str, first: dict[str, Any], changed: dict[str, Any], says: str, driver: Driver
) -> None:
    pipeline = {
        "PipelineName": "contract-fixed",
        "RoleArn": "arn:aws:iam::123456789012:role/pipeline",
        "PipelineDefinition": {"PipelineDefinitionBody": '{"Version": "2020-12-01", "Steps": []}'},
    }
    common = pipeline if type_name == "AWS::SageMaker::Pipeline" else {}
    assert driver.apply(subject(type_name, **common, **first)) == "CREATE_COMPLETE", driver.reasons()
    assert driver.apply(subject(type_name, **common, **changed)) == "UPDATE_ROLLBACK_COMPLETE", driver.reasons()
    assert any(says in reason for reason in driver.reasons())


def test_a_subnet_in_a_zone_that_the_region_lacks_is_refused(driver: Driver) -> None:
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **subject("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1a"),
    }
    assert driver.apply(resources) == "ROLLBACK_COMPLETE"
    assert any(f"{REGION}a" in reason for reason in driver.reasons())


def test_a_malformed_number_fails_naming_the_argument(driver: Driver) -> None:
    group = subject("AWS::Logs::LogGroup", LogGroupName="contract-number", RetentionInDays="a week", KmsKeyId=KEY_ARN)
    assert driver.apply(group) == "ROLLBACK_COMPLETE"
    assert any("retentionInDays" in reason for reason in driver.reasons())
