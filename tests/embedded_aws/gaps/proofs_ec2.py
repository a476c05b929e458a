"""The proofs of EC2's gaps."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import REGION, Services

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def vpc(services: Services) -> str:
    made: str = services("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return made


def subnet(services: Services, vpc_id: str, number: int = 1, **more: Any) -> dict[str, Any]:
    cidr = f"10.0.{number}.0/24"
    made: dict[str, Any] = services("ec2").create_subnet(VpcId=vpc_id, CidrBlock=cidr, **more)["Subnet"]
    return made


def group(services: Services, vpc_id: str, name: str) -> str:
    made: str = services("ec2").create_security_group(VpcId=vpc_id, GroupName=name, Description=name)["GroupId"]
    return made


def endpoint(services: Services, vpc_id: str, service: str, kind: str, **more: Any) -> str:
    made = services("ec2").create_vpc_endpoint(
        VpcId=vpc_id, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType=kind, **more
    )
    name: str = made["VpcEndpoint"]["VpcEndpointId"]
    return name


def described_rules(services: Services, group_id: str) -> list[dict[str, Any]]:
    """The group's rules but the one that lets all out."""
    filters = [{"Name": "group-id", "Values": [group_id]}]
    rules = services("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return [rule for rule in rules if rule["IpProtocol"] != "-1"]


@proves("VPCBackend.delete_vpc")
def a_vpc_in_use_is_not_deleted(services: Services, name: str) -> None:
    ec2 = services("ec2")
    owned, attached, reached = vpc(services), vpc(services), vpc(services)
    made = group(services, owned, name)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=attached, InternetGatewayId=gateway)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [reached]}])["RouteTables"][0]
    used = endpoint(services, reached, "s3", "Gateway", RouteTableIds=[table["RouteTableId"]])
    for vpc_id in (owned, attached, reached):
        refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc_id)
    ec2.delete_security_group(GroupId=made)
    ec2.detach_internet_gateway(VpcId=attached, InternetGatewayId=gateway)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[used])
    for vpc_id in (owned, attached, reached):
        ec2.delete_vpc(VpcId=vpc_id)


@proves("SubnetBackend.create_subnet")
def a_subnet_is_private_and_in_a_zone_of_the_region(services: Services, _: str) -> None:
    vpc_id = vpc(services)
    made = subnet(services, vpc_id, AvailabilityZoneId="euw1-az1")
    assert made["AvailabilityZone"].startswith(REGION)
    assert not made["DefaultForAz"]
    assert not made["MapPublicIpOnLaunch"]
    for zone in ({"AvailabilityZone": "us-east-1a"}, {"AvailabilityZoneId": "use1-az1"}):
        given = {"VpcId": vpc_id, "CidrBlock": "10.0.9.0/24", **zone}
        refused("InvalidParameterValue", services("ec2").create_subnet, **given)


@proves("SubnetBackend.delete_subnet")
def a_subnet_with_an_interface_is_not_deleted(services: Services, name: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    subnet_id = subnet(services, vpc_id)["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
    used = endpoint(
        services, vpc_id, "logs", "Interface", SubnetIds=[subnet_id], SecurityGroupIds=[group(services, vpc_id, name)]
    )
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet_id)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[used])
    ec2.delete_subnet(SubnetId=subnet_id)
    assert ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"] == []


@proves("SecurityGroupBackend.delete_security_group")
def a_group_in_use_is_not_deleted(services: Services, name: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    named, using = group(services, vpc_id, name), group(services, vpc_id, f"{name}-using")
    permissions = [{**RULE, "UserIdGroupPairs": [{"GroupId": named}]}]
    ec2.authorize_security_group_ingress(GroupId=using, IpPermissions=permissions)
    refused("DependencyViolation", ec2.delete_security_group, GroupId=named)
    subnets = [subnet(services, vpc_id)["SubnetId"]]
    endpoint(services, vpc_id, "logs", "Interface", SubnetIds=subnets, SecurityGroupIds=[using])
    refused("DependencyViolation", ec2.delete_security_group, GroupId=using)
    ec2.revoke_security_group_ingress(GroupId=using, IpPermissions=permissions)
    ec2.delete_security_group(GroupId=named)


@proves("SecurityGroupRule.__eq__", "SecurityGroupRule.description")
def a_rule_for_a_group_changes_its_description(services: Services, name: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    named, using = group(services, vpc_id, name), group(services, vpc_id, f"{name}-using")

    def permissions(**pair: str) -> list[dict[str, Any]]:
        return [{**RULE, "UserIdGroupPairs": [{"GroupId": named, **pair}]}]

    ec2.authorize_security_group_ingress(GroupId=using, IpPermissions=permissions(Description="first"))
    ec2.update_security_group_rule_descriptions_ingress(GroupId=using, IpPermissions=permissions(Description="second"))
    assert [rule.get("Description") for rule in described_rules(services, using)] == ["second"]
    ec2.revoke_security_group_ingress(GroupId=using, IpPermissions=permissions())
    assert described_rules(services, using) == []


@proves("SecurityGroupRule.__init__", "SecurityGroupBackend._sg_update_description")
def rules_for_prefix_lists_and_protocols_without_ports_are_kept(services: Services, name: str) -> None:
    ec2 = services("ec2")
    using = group(services, vpc(services), name)

    def permissions(description: str) -> list[dict[str, Any]]:
        return [{**RULE, "PrefixListIds": [{"PrefixListId": "pl-1", "Description": description}]}]

    ec2.authorize_security_group_ingress(GroupId=using, IpPermissions=permissions("first"))
    assert [rule.get("Description") for rule in described_rules(services, using)] == ["first"]
    ec2.update_security_group_rule_descriptions_ingress(GroupId=using, IpPermissions=permissions("second"))
    assert [rule.get("Description") for rule in described_rules(services, using)] == ["second"]
    ipsec = [{"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]
    ec2.authorize_security_group_ingress(GroupId=using, IpPermissions=ipsec)
    assert [rule["IpProtocol"] for rule in described_rules(services, using)] == ["tcp", "50"]


@proves("SecurityGroupBackend.revoke_security_group_egress")
def a_rule_for_ipv6_is_revoked(services: Services, name: str) -> None:
    ec2 = services("ec2")
    using = group(services, vpc(services), name)
    permissions = [{**RULE, "Ipv6Ranges": [{"CidrIpv6": "fd00::/8"}]}]
    ec2.authorize_security_group_egress(GroupId=using, IpPermissions=permissions)
    ec2.revoke_security_group_egress(GroupId=using, IpPermissions=permissions)
    assert described_rules(services, using) == []
    refused("InvalidPermission.NotFound", ec2.revoke_security_group_egress, GroupId=using, IpPermissions=permissions)


@proves("VPCs.modify_vpc_endpoint")
def a_gateway_endpoint_moves_its_routes_and_an_interface_one_its_interfaces(services: Services, name: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    tables = [ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"] for _ in range(2)]
    gateway = endpoint(services, vpc_id, "s3", "Gateway", RouteTableIds=tables[:1], PolicyDocument="{}")
    ec2.modify_vpc_endpoint(
        VpcEndpointId=gateway, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1], ResetPolicy=True
    )
    assert ec2.describe_vpc_endpoints(VpcEndpointIds=[gateway])["VpcEndpoints"][0]["PolicyDocument"] != "{}"
    routes = [table["Routes"] for table in ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]]
    assert [[route.get("GatewayId") for route in each] for each in routes] == [["local"], ["local", gateway]]

    subnets = [subnet(services, vpc_id, number)["SubnetId"] for number in (1, 2)]
    groups = [group(services, vpc_id, name)]
    interface = endpoint(services, vpc_id, "logs", "Interface", SubnetIds=subnets[:1], SecurityGroupIds=groups)
    ec2.modify_vpc_endpoint(
        VpcEndpointId=interface, AddSubnetIds=subnets[1:], RemoveSubnetIds=subnets[:1], PrivateDnsEnabled=False
    )
    shown = ec2.describe_vpc_endpoints(VpcEndpointIds=[interface])["VpcEndpoints"][0]
    assert not shown["PrivateDnsEnabled"]
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=shown["NetworkInterfaceIds"])
    assert [each["SubnetId"] for each in interfaces["NetworkInterfaces"]] == subnets[1:]


@proves("VPCBackend.create_vpc_endpoint")
def a_service_has_one_private_name_in_a_vpc(services: Services, _: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    first = endpoint(services, vpc_id, "sagemaker.api", "Interface", PrivateDnsEnabled=True)
    second = {"VpcId": vpc_id, "ServiceName": f"com.amazonaws.{REGION}.sagemaker.api", "VpcEndpointType": "Interface"}
    with pytest.raises(ClientError, match=rf"conflicting DNS domain for api\.sagemaker\.{REGION}\.amazonaws\.com in"):
        ec2.create_vpc_endpoint(**second, PrivateDnsEnabled=True)
    quiet = ec2.create_vpc_endpoint(**second, PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]
    refused("InvalidParameter", ec2.modify_vpc_endpoint, VpcEndpointId=quiet, PrivateDnsEnabled=True)
    ec2.modify_vpc_endpoint(VpcEndpointId=first, PrivateDnsEnabled=True)  # its own name is no conflict
    for service, where in (("sts", vpc_id), ("sagemaker.api", vpc(services))):
        endpoint(services, where, service, "Interface", PrivateDnsEnabled=True)


@proves("VPCs.create_vpc_endpoint")
def an_interface_endpoint_keeps_its_dns_options(services: Services, _: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    inbound = {"PrivateDnsOnlyForInboundResolverEndpoint": True}
    first = endpoint(services, vpc_id, "s3", "Interface", PrivateDnsEnabled=True, DnsOptions=inbound)
    second = endpoint(services, vpc_id, "logs", "Interface")

    def options(endpoint_id: str) -> dict[str, Any]:
        (shown,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
        return dict(shown.get("DnsOptions", {}))

    assert options(first) == {"DnsRecordIpType": "ipv4", **inbound}
    assert options(second) == {"DnsRecordIpType": "ipv4"}
    ec2.modify_vpc_endpoint(VpcEndpointId=first, DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": False})
    assert options(first)["PrivateDnsOnlyForInboundResolverEndpoint"] is False


@proves("VPCBackend.delete_vpc_endpoints")
def a_deleted_endpoint_is_gone_from_the_lists(services: Services, _: str) -> None:
    ec2, vpc_id = services("ec2"), vpc(services)
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    made = endpoint(services, vpc_id, "s3", "Gateway", RouteTableIds=[table])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert made not in {each["VpcEndpointId"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert len(ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]) == 1


@proves("NatGatewayBackend.delete_nat_gateway")
def a_deleted_nat_gateway_leaves_its_subnet_and_its_address_free(services: Services, name: str) -> None:
    ec2 = services("ec2")
    inside = subnet(services, vpc(services))["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=inside, AllocationId=address)["NatGateway"]["NatGatewayId"]
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=inside)
    for _ in range(2):
        ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=inside)
    refused("NatGatewayNotFound", ec2.delete_nat_gateway, NatGatewayId="nat-00000000000000000")


@proves("ElasticAddressBackend.release_address")
def an_address_in_use_is_not_released(services: Services, name: str) -> None:
    ec2 = services("ec2")
    inside = subnet(services, vpc(services))["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=inside, AllocationId=address)["NatGateway"]["NatGatewayId"]
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address)
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.release_address(AllocationId=address)


@proves("NatGatewayBackend.create_nat_gateway")
def a_nat_gateway_that_is_refused_leaves_nothing_in_its_subnet(services: Services, name: str) -> None:
    ec2 = services("ec2")
    inside = subnet(services, vpc(services))["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=inside, AllocationId=address)["NatGateway"]
    gateway = made["NatGatewayId"]
    assert made["ConnectivityType"] == "public"
    refused("Resource.AlreadyAssociated", ec2.create_nat_gateway, SubnetId=inside, AllocationId=address)
    refused("MissingParameter", ec2.create_nat_gateway, SubnetId=inside)
    private = ec2.create_nat_gateway(SubnetId=inside, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    for each in (gateway, private):
        ec2.delete_nat_gateway(NatGatewayId=each)
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=inside)
