"""Proofs of what may not be deleted."""

from __future__ import annotations

import json

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.gaps.proofs_ec2 import vpc
from tests.embedded_aws.moto_server import Services

DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
)


@proves("IAMBackend.delete_policy")
def a_policy_in_use_or_with_versions_stays(services: Services, name: str) -> None:
    iam = services("iam")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)["PolicyVersion"]["VersionId"]
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)


@proves("IAMBackend.delete_group", "IAMBackend.delete_user")
def a_group_with_users_or_policies_and_a_user_in_a_group_or_with_keys_stay(services: Services, name: str) -> None:
    iam = services("iam")
    iam.create_group(GroupName=name)
    iam.create_user(UserName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    refused("DeleteConflict", iam.delete_group, GroupName=name)
    refused("DeleteConflict", iam.delete_user, UserName=name)
    iam.remove_user_from_group(GroupName=name, UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    refused("DeleteConflict", iam.delete_user, UserName=name)
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    iam.put_group_policy(GroupName=name, PolicyName="inline", PolicyDocument=DOCUMENT)
    refused("DeleteConflict", iam.delete_group, GroupName=name)
    iam.delete_group_policy(GroupName=name, PolicyName="inline")
    iam.delete_group(GroupName=name)
    iam.delete_user(UserName=name)


@proves("IAMBackend.remove_role_from_instance_profile")
def a_role_that_a_profile_does_not_have_is_not_removed_from_it(services: Services, name: str) -> None:
    iam = services("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=DOCUMENT)
    iam.create_instance_profile(InstanceProfileName=name)
    profile = {"InstanceProfileName": name, "RoleName": name}
    refused("NoSuchEntity", iam.remove_role_from_instance_profile, **profile)
    iam.add_role_to_instance_profile(**profile)
    iam.remove_role_from_instance_profile(**profile)
    assert iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"] == []


@proves("SecurityGroups.delete_security_group", "RouteTables.delete_route_table")
def what_a_vpc_comes_with_goes_with_it_only(services: Services, _: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    own = [{"Name": "vpc-id", "Values": [vpc_id]}]
    (group,) = ec2.describe_security_groups(Filters=own)["SecurityGroups"]
    (table,) = ec2.describe_route_tables(Filters=own)["RouteTables"]
    refused("CannotDelete", ec2.delete_security_group, GroupId=group["GroupId"])
    refused("DependencyViolation", ec2.delete_route_table, RouteTableId=table["RouteTableId"])
    ec2.delete_vpc(VpcId=vpc_id)
    assert ec2.describe_route_tables(Filters=own)["RouteTables"] == []


@proves("KmsResponse.schedule_key_deletion")
def a_key_is_scheduled_for_deletion_once(services: Services, _: str) -> None:
    kms = services("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    refused("KMSInvalidStateException", kms.schedule_key_deletion, KeyId=key)
    kms.cancel_key_deletion(KeyId=key)
    kms.schedule_key_deletion(KeyId=key)
