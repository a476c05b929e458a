"""`ec2.Vpc` as everyone writes it: with NAT gateways, with fewer, and with none."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2

from tests.embedded_aws.apps.conftest import Build, Deploy
from tests.embedded_aws.moto_server import REGION, Services
from tests.embedded_aws.resources.harness import Driver

pytestmark = pytest.mark.slow


def network(**properties: Any) -> Build:
    """A VPC that leaves its default security group as it is: CDK restricts it by a custom resource."""

    def build(stack: Stack) -> None:
        ec2.Vpc(stack, "Network", restrict_default_security_group=False, **properties)

    return build


def isolated(stack: Stack) -> None:
    isolated = ec2.SubnetConfiguration(name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
    network(subnet_configuration=[isolated])(stack)


def with_endpoints(stack: Stack) -> None:
    vpc = ec2.Vpc(stack, "Network", restrict_default_security_group=False, nat_gateways=0)
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    vpc.add_interface_endpoint("SageMaker", service=ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API)
    vpc.add_flow_log("FlowLog")


def with_an_address_of_ones_own(stack: Stack) -> None:
    address = ec2.CfnEIP(stack, "Address", tags=[{"key": "a", "value": "1"}])
    provider = ec2.NatProvider.gateway(eip_allocation_ids=[address.attr_allocation_id])
    network(nat_gateways=1, nat_gateway_provider=provider)(stack)


def existing(services: Services) -> dict[str, Any]:
    """What EC2 lists, without gateways that are deleted: EC2 shows them for about an hour.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
    """
    client = services("ec2")
    gateways = client.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
    return {
        "addresses": client.describe_addresses()["Addresses"],
        "endpoints": client.describe_vpc_endpoints()["VpcEndpoints"],
        "gateways": gateways,
        "interfaces": client.describe_network_interfaces()["NetworkInterfaces"],
        "internet": client.describe_internet_gateways()["InternetGateways"],
        "networks": client.describe_vpcs()["Vpcs"],
        "subnets": client.describe_subnets()["Subnets"],
        "tables": client.describe_route_tables()["RouteTables"],
    }


def zones(shown: dict[str, Any], vpc_id: str) -> set[str]:
    return {each["AvailabilityZone"] for each in shown["subnets"] if each["VpcId"] == vpc_id}


def test_the_default_network_is_deployed_changed_and_deleted(
    deploy: Deploy, driver: Driver, moto_services: Services
) -> None:
    before = existing(moto_services)
    first = deploy(network())
    shown = existing(moto_services)
    assert len(shown["gateways"]) == len(shown["addresses"]) == 3
    assert zones(shown, first["AWS::EC2::VPC"]) == {f"{REGION}{letter}" for letter in "abc"}
    # Each private subnet reaches the internet through the gateway of its zone.
    targets = {
        route["NatGatewayId"] for table in shown["tables"] for route in table["Routes"] if "NatGatewayId" in route
    }
    assert targets == {each["NatGatewayId"] for each in shown["gateways"]}

    second = deploy(network(max_azs=3, nat_gateways=1))
    shown = existing(moto_services)
    assert second["AWS::EC2::VPC"] == first["AWS::EC2::VPC"]
    assert len(shown["gateways"]) == len(shown["addresses"]) == 1

    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert existing(moto_services) == before


@pytest.mark.parametrize("build", [isolated, with_endpoints, with_an_address_of_ones_own])
def test_another_network_is_deployed_and_deleted(
    build: Build, deploy: Deploy, driver: Driver, moto_services: Services
) -> None:
    before = existing(moto_services)
    deploy(build)
    assert existing(moto_services) != before
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert existing(moto_services) == before


def test_isolated_subnets_have_no_way_out(deploy: Deploy, moto_services: Services) -> None:
    vpc = deploy(isolated)["AWS::EC2::VPC"]
    shown = existing(moto_services)
    routes = [route for table in shown["tables"] if table["VpcId"] == vpc for route in table["Routes"]]
    assert {route["GatewayId"] for route in routes} == {"local"}
    assert shown["gateways"] == shown["addresses"] == []
