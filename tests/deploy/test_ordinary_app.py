"""Other people's CDK apps by the ordinary CDK CLI: CDK's own custom resources, and the VPC as everyone writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import Cli
from tests.deploy.ordinary_app import synthesize

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]


def resources(client: Client, stack: str) -> dict[str, str]:
    """Type to physical id; of the types that the stack has once."""
    summaries = client("cloudformation").list_stack_resources(StackName=stack)["StackResourceSummaries"]
    return {each["ResourceType"]: each["PhysicalResourceId"] for each in summaries}


def everything(client: Client) -> dict[str, list[str]]:
    """What a stack of this app could leave behind; the bootstrap's is among it."""
    ec2 = client("ec2")
    return {
        "buckets": [each["Name"] for each in client("s3").list_buckets()["Buckets"]],
        "functions": [each["FunctionName"] for each in client("lambda").list_functions()["Functions"]],
        "groups": [each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]],
        "roles": [each["RoleName"] for each in client("iam").list_roles()["Roles"]],
        "networks": [each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]],
        "addresses": [each["PublicIp"] for each in ec2.describe_addresses()["Addresses"]],
        "interfaces": [each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]],
    }


def test_an_app_of_high_level_constructs_is_deployed_changed_and_destroyed_to_nothing(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    before = everything(client)
    cdk.deploy(synthesize(folder=tmp_path / "first", name="ordinary"))
    made = resources(client, "ordinary")
    bucket, s3, ec2 = made["AWS::S3::Bucket"], client("s3"), client("ec2")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == ["index.html", "settings.json"]
    settings = s3.get_object(Bucket=bucket, Key="settings.json")["Body"].read().decode()
    assert settings == f'{{"bucket":"arn:aws:s3:::{bucket}"}}'
    assert "TopicConfigurations" in s3.get_bucket_notification_configuration(Bucket=bucket)
    (group,) = client("logs").describe_log_groups(logGroupNamePrefix="/ordinary/")["logGroups"]
    assert group["retentionInDays"] == 7
    in_network = [{"Name": "vpc-id", "Values": [made["AWS::EC2::VPC"]]}]
    (default,) = ec2.describe_security_groups(Filters=in_network)["SecurityGroups"]
    assert default["IpPermissions"] == default["IpPermissionsEgress"] == []
    assert len(ec2.describe_nat_gateways(Filters=in_network)["NatGateways"]) == 2
    assert "There were no differences" in cdk("diff", "--app", str(tmp_path / "first" / "cdk.out"))

    cdk.deploy(synthesize(folder=tmp_path / "changed", name="ordinary", changed=True))
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == ["new.html", "settings.json"]
    assert "TopicConfigurations" not in s3.get_bucket_notification_configuration(Bucket=bucket)
    (group,) = client("logs").describe_log_groups(logGroupNamePrefix="/ordinary/")["logGroups"]
    assert group["retentionInDays"] == 30

    cdk("destroy", "--app", str(tmp_path / "changed" / "cdk.out"), "--force")
    assert everything(client) == before


def test_a_custom_resource_has_the_permissions_of_its_functions_role_and_no_others(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    before = everything(client)
    assembly = synthesize(folder=tmp_path / "denied", name="denied", denied=True)
    output = " ".join(cdk.deploy(assembly, fails=True).split())
    assert "not authorized to perform: s3:PutObject" in output
    assert "with an explicit deny in an identity-based policy" in output
    cdk("destroy", "--app", str(assembly), "--force")
    assert everything(client) == before
