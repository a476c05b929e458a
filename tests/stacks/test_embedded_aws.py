"""The embedded AWS supports all resources and properties of the stacks, including unused options."""

from __future__ import annotations

import json
from collections.abc import Mapping

from embedded_aws import ACCOUNT, Server
from embedded_aws.resources import HANDLERS
from tests.cli.checkout import clients
from tests.stacks.assembly import Stack


def test_every_property_of_every_resource_is_one_that_a_handler_applies(all_stacks: Mapping[str, Stack]) -> None:
    resources = [resource for stack in all_stacks.values() for resource in stack.resources().values()]
    assert len({resource["Type"] for resource in resources}) > 30
    assert {
        (resource["Type"], path)
        for resource in resources
        for path in HANDLERS[resource["Type"]].unsupported(resource["Properties"])
    } == set()


def test_an_imported_network_gets_the_endpoints_that_it_lacks(
    example_stacks: Mapping[str, Stack], embedded_aws: Server
) -> None:
    stack = example_stacks["joined/network"]
    client = clients(embedded_aws, stack.region)
    ec2, cloudformation = client("ec2"), client("cloudformation")
    vpc = ec2.create_vpc(CidrBlock="10.61.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.61.{number}.0/24", AvailabilityZone=f"{stack.region}{zone}")
        for number, zone in enumerate("abc")
    ]
    text = json.dumps(stack.template).replace(stack.account, ACCOUNT).replace("vpc-0123456789abcdef0", vpc)
    for letter, subnet in zip("abc", subnets, strict=True):
        text = text.replace(f"subnet-0{letter * 16}", subnet["Subnet"]["SubnetId"])
    cloudformation.create_stack(StackName="imported-network", TemplateBody=text)
    (created,) = cloudformation.describe_stacks(StackName="imported-network")["Stacks"]
    assert created["StackStatus"] == "CREATE_COMPLETE"
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]
    services = {each["ServiceName"].removeprefix(f"com.amazonaws.{stack.region}."): each for each in found}
    assert set(services) == {"s3", "logs", "monitoring", "sagemaker.api", "sts", "kms", "glue", "athena"}
    assert services["s3"]["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"] is False

    cloudformation.delete_stack(StackName="imported-network")
    assert ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"] == []
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet["Subnet"]["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
