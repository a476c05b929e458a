"""Deletion as AWS does it: what holds something, or is in use, is not deleted."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.gaps.proofs_sagemaker import package
from tests.embedded_aws.moto_server import REGION
from tests.embedded_aws.resources.harness import SUBJECT, Driver

MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:0"},
        "layers": [],
    }
)


def subject(type_name: str, **properties: Any) -> dict[str, Any]:
    return {SUBJECT: {"Type": type_name, "Properties": properties}}


def assert_refused(driver: Driver, code: str) -> None:
    assert driver.delete() == "DELETE_FAILED"
    assert any(code in reason for reason in driver.reasons())
    assert SUBJECT in driver.stack.resources


def test_rule_23_a_bucket_with_objects_is_not_deleted(driver: Driver) -> None:
    assert driver.apply(subject("AWS::S3::Bucket", BucketName="contract-full")) == "CREATE_COMPLETE"
    s3 = driver.services("s3")
    s3.put_object(Bucket="contract-full", Key="a", Body=b"1")
    assert_refused(driver, "BucketNotEmpty")
    s3.delete_object(Bucket="contract-full", Key="a")
    assert driver.delete() == "DELETE_COMPLETE"


def test_a_key_whose_deletion_is_already_scheduled_is_deleted(driver: Driver) -> None:
    assert driver.apply(subject("AWS::KMS::Key")) == "CREATE_COMPLETE"
    driver.services("kms").schedule_key_deletion(KeyId=driver.subject.physical_id)
    assert driver.delete() == "DELETE_COMPLETE"


def test_rule_23_a_bucket_with_old_versions_is_not_deleted(driver: Driver) -> None:
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    assert driver.apply(subject("AWS::S3::Bucket", BucketName="contract-old", **versioned)) == "CREATE_COMPLETE"
    s3 = driver.services("s3")
    s3.put_object(Bucket="contract-old", Key="a", Body=b"1")
    s3.delete_object(Bucket="contract-old", Key="a")
    assert_refused(driver, "BucketNotEmpty")
    listed = s3.list_object_versions(Bucket="contract-old")
    for version in (*listed["Versions"], *listed["DeleteMarkers"]):
        s3.delete_object(Bucket="contract-old", Key="a", VersionId=version["VersionId"])
    assert driver.delete() == "DELETE_COMPLETE"


def test_rule_23_a_model_package_group_with_versions_is_not_deleted(driver: Driver) -> None:
    group = subject("AWS::SageMaker::ModelPackageGroup", ModelPackageGroupName="contract-versions")
    assert driver.apply(group) == "CREATE_COMPLETE"
    version = package(driver.services, "contract-versions")
    assert_refused(driver, "contains Model Packages")
    driver.services("sagemaker").delete_model_package(ModelPackageName=version)
    assert driver.delete() == "DELETE_COMPLETE"


def test_a_key_waits_for_its_deletion_as_long_as_the_template_says(driver: Driver) -> None:
    assert driver.apply(subject("AWS::KMS::Key", PendingWindowInDays="7")) == "CREATE_COMPLETE"
    key = driver.subject.physical_id
    assert driver.delete() == "DELETE_COMPLETE"
    about = driver.services("kms").describe_key(KeyId=key)["KeyMetadata"]
    assert about["KeyState"] == "PendingDeletion"
    assert 6 <= (about["DeletionDate"] - about["CreationDate"]).days <= 7


def test_a_repository_with_images_is_deleted_only_if_the_template_says_so(driver: Driver) -> None:
    assert driver.apply(subject("AWS::ECR::Repository", RepositoryName="contract-images")) == "CREATE_COMPLETE"
    driver.services("ecr").put_image(repositoryName="contract-images", imageManifest=MANIFEST, imageTag="1")
    assert_refused(driver, "RepositoryNotEmpty")
    driver.services("ecr").delete_repository(repositoryName="contract-images", force=True)


def test_a_repository_with_images_goes_with_them_where_the_template_says_so(driver: Driver) -> None:
    repository = subject("AWS::ECR::Repository", RepositoryName="contract-emptied", EmptyOnDelete="true")
    assert driver.apply(repository) == "CREATE_COMPLETE"
    driver.services("ecr").put_image(repositoryName="contract-emptied", imageManifest=MANIFEST, imageTag="1")
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def test_a_security_group_that_something_else_uses_is_not_deleted(driver: Driver) -> None:
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **subject("AWS::EC2::SecurityGroup", GroupDescription="contract", VpcId={"Ref": "Vpc"}),
    }
    assert driver.apply(resources) == "CREATE_COMPLETE"
    ec2, vpc_id = driver.services("ec2"), driver.stack.resources["Vpc"].physical_id
    other = ec2.create_security_group(GroupName="other", Description="other", VpcId=vpc_id)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1}
    pairs = [{"GroupId": driver.subject.physical_id}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[{**rule, "UserIdGroupPairs": pairs}])
    assert_refused(driver, "DependencyViolation")
    ec2.delete_security_group(GroupId=other)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def test_what_somebody_gave_a_role_by_hand_keeps_it(driver: Driver) -> None:
    trusted = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = subject("AWS::IAM::Role", RoleName="contract-hand", AssumeRolePolicyDocument={"Statement": [trusted]})
    assert driver.apply(role) == "CREATE_COMPLETE"
    given = {"RoleName": "contract-hand", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    driver.services("iam").attach_role_policy(**given)
    assert_refused(driver, "DeleteConflict")
    driver.services("iam").detach_role_policy(**given)
    assert driver.delete() == "DELETE_COMPLETE"


def test_a_pipeline_reads_its_definition_from_s3(driver: Driver) -> None:
    bucket = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "contract-definition"}}}
    assert driver.apply(bucket) == "CREATE_COMPLETE"
    text = '{"Version": "2020-12-01", "Steps": []}'
    s3 = driver.services("s3")
    s3.put_object(Bucket="contract-definition", Key="d.json", Body=text.encode())
    place = {"Bucket": {"Ref": "Bucket"}, "Key": "d.json"}
    pipeline = subject(
        "AWS::SageMaker::Pipeline",
        PipelineName="contract-s3",
        RoleArn="arn:aws:iam::123456789012:role/pipeline",
        PipelineDefinition={"PipelineDefinitionS3Location": place},
    )
    assert driver.apply({**bucket, **pipeline}) == "UPDATE_COMPLETE", driver.reasons()
    shown = driver.services("sagemaker").describe_pipeline(PipelineName="contract-s3")
    assert shown["PipelineDefinition"] == text
    assert REGION in shown["PipelineArn"]
    s3.delete_object(Bucket="contract-definition", Key="d.json")
