"""The network of an environment: isolated, in two zones, with HTTPS endpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import ip_network

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from mlproject.aws_rules.network_requirements import NetworkRequirements
from stacks.network.stack import NetworkStack, environment_tags
from stacks.network.subnet_ranges import subnet_ranges
from tests.stacks.assembly import Stack
from tests.stacks.examples import JOINED

OWNED = ("dev/network", "pre/network", "prod/network", "local/network", "owned/network")


@pytest.mark.parametrize("name", OWNED)
def test_a_new_network_has_a_private_subnet_in_each_of_two_zones_of_its_region(
    name: str, all_stacks: Mapping[str, Stack]
) -> None:
    stack = all_stacks[name]
    subnets = [subnet["Properties"] for subnet in stack.resources("AWS::EC2::Subnet").values()]
    assert [subnet["AvailabilityZone"] for subnet in subnets] == [f"{stack.region}a", f"{stack.region}b"]
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)


def test_no_network_has_a_way_to_the_internet(all_stacks: Mapping[str, Stack]) -> None:
    types = {resource["Type"] for stack in all_stacks.values() for resource in stack.resources().values()}
    assert not types & {
        "AWS::EC2::InternetGateway",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::EC2::VPCPeeringConnection",
    }


def test_endpoints_take_https_from_the_networks_own_range_and_call_nothing(all_stacks: Mapping[str, Stack]) -> None:
    for name in OWNED:
        group = all_stacks[name].only("AWS::EC2::SecurityGroup")
        (rule,) = group["SecurityGroupIngress"]
        assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
        assert rule["CidrIp"] == all_stacks[name].only("AWS::EC2::VPC")["CidrBlock"]
        assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


def test_endpoints_in_an_imported_network_take_https_from_private_addresses_only(
    all_stacks: Mapping[str, Stack],
) -> None:
    group = all_stacks["joined/network"].only("AWS::EC2::SecurityGroup")
    shared = ip_network("100.64.0.0/10")
    for rule in group["SecurityGroupIngress"]:
        assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
        assert ip_network(rule["CidrIp"]).is_private or ip_network(rule["CidrIp"]) == shared


def test_data_cannot_leave_through_s3s_endpoint_for_another_account(all_stacks: Mapping[str, Stack]) -> None:
    for name, stack in all_stacks.items():
        endpoints = [endpoint["Properties"] for endpoint in stack.resources("AWS::EC2::VPCEndpoint").values()]
        for endpoint in endpoints:
            statement, *besides = endpoint["PolicyDocument"]["Statement"]
            wanted = {"aws:PrincipalAccount": stack.account}
            if endpoint["ServiceName"].endswith(".s3"):
                wanted["aws:ResourceAccount"] = stack.account
            assert statement["Condition"] == {"StringEquals": wanted}, name
            # Buckets of AWS, and buckets that exist already: tests/stacks/test_emr.py and test_existing_data.py.
            assert not besides or endpoint["ServiceName"].endswith(".s3")


def test_s3_is_a_free_gateway_in_a_new_network_and_an_interface_where_route_tables_are_unknown(
    all_stacks: Mapping[str, Stack],
) -> None:
    for name in (*OWNED, "joined/network"):
        (s3,) = (
            endpoint["Properties"]
            for endpoint in all_stacks[name].resources("AWS::EC2::VPCEndpoint").values()
            if endpoint["Properties"]["ServiceName"].endswith(".s3")
        )
        assert s3["VpcEndpointType"] == ("Interface" if name == "joined/network" else "Gateway")


def test_nothing_is_in_a_default_security_group(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        assert "DefaultSecurityGroup" not in json.dumps(stack.template)
        for endpoint in stack.resources("AWS::EC2::VPCEndpoint").values():
            if endpoint["Properties"]["VpcEndpointType"] == "Interface":
                assert endpoint["Properties"]["SecurityGroupIds"]
    # Every job of the pipeline names its group too: rule 4.


def test_all_connections_of_a_new_network_are_logged_for_a_year(all_stacks: Mapping[str, Stack]) -> None:
    for name in OWNED:
        assert all_stacks[name].only("AWS::EC2::FlowLog")["TrafficType"] == "ALL"
        assert all_stacks[name].only("AWS::Logs::LogGroup")["RetentionInDays"] == 365


def test_jobs_call_by_https_only_and_hear_nobody_but_the_nodes_of_the_same_job(
    all_stacks: Mapping[str, Stack],
) -> None:
    for name, stack in all_stacks.items():
        if not name.endswith("/pipeline"):
            continue
        group = stack.only("AWS::EC2::SecurityGroup")
        assert "SecurityGroupIngress" not in group
        assert [(rule["IpProtocol"], rule["FromPort"]) for rule in group["SecurityGroupEgress"]] == [("tcp", 443)]
        for rule in stack.resources("AWS::EC2::SecurityGroupIngress").values():
            assert rule["Properties"]["SourceSecurityGroupId"] == rule["Properties"]["GroupId"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.1.0.0/24", "10.2.0.0/26", "192.168.7.0/27"])
def test_subnets_lie_in_the_networks_range_apart_and_large_enough_for_aws(cidr: str) -> None:
    ranges = [ip_network(block) for block in subnet_ranges(cidr)]
    assert len(ranges) >= 2
    assert all(block.subnet_of(ip_network(cidr)) and block.prefixlen <= 28 for block in ranges)  # type: ignore[arg-type]
    assert not any(a.overlaps(b) for a in ranges for b in ranges if a is not b)


def test_a_large_network_keeps_half_of_its_range_for_later() -> None:
    assert subnet_ranges("10.20.0.0/16") == ["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18", "10.20.192.0/18"]


def test_an_imported_network_with_its_range_and_route_tables_gets_the_free_gateway_and_narrow_endpoints() -> None:
    network = JOINED.network.model_copy(
        update={"cidr": "10.40.0.0/16", "route_table_ids": ("rtb-0aaaaaaaaaaaaaaaa", "rtb-0bbbbbbbbbbbbbbbb")}
    )
    environment = JOINED.model_copy(update={"network": network})
    template = Template.from_stack(NetworkStack(cdk.App(), environment=environment, requirements=NetworkRequirements()))
    template.has_resource_properties(
        "AWS::EC2::VPCEndpoint",
        {
            "ServiceName": "com.amazonaws.eu-central-1.s3",
            "VpcEndpointType": "Gateway",
            "RouteTableIds": ["rtb-0aaaaaaaaaaaaaaaa", "rtb-0bbbbbbbbbbbbbbbb"],
        },
    )
    ingress = Match.array_equals([Match.object_like({"CidrIp": "10.40.0.0/16", "FromPort": 443})])
    template.has_resource_properties("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": ingress})


def test_what_projects_share_has_the_platforms_owner_and_cost_centre() -> None:
    tags = environment_tags(JOINED)
    assert (tags["owner"], tags["cost-centre"]) == ("platform", "shared")
    named = environment_tags(JOINED.model_copy(update={"owner": "ml@example.com", "cost_centre": "CC-42"}))
    assert (named["owner"], named["cost-centre"]) == ("ml@example.com", "CC-42")
