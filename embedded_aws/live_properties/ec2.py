"""What EC2 shows of each resource type, in the template's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, list_all, pick, reader


def enabled(answer: Mapping[str, Any], name: str) -> bool:
    value: bool = answer[name]["Value"]
    return value


@reader("AWS::EC2::VPC")
def vpcs(services: Services) -> Shown:
    ec2 = services("ec2")
    return {
        vpc["VpcId"]: {
            **pick(vpc, "CidrBlock", "InstanceTenancy", "Tags"),
            **{
                name: enabled(ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute), name)
                for name, attribute in (
                    ("EnableDnsSupport", "enableDnsSupport"),
                    ("EnableDnsHostnames", "enableDnsHostnames"),
                )
            },
        }
        for vpc in list_all(ec2, "describe_vpcs", "Vpcs")
        if not vpc["IsDefault"]
    }


@reader("AWS::EC2::Subnet")
def subnets(services: Services) -> Shown:
    return {
        subnet["SubnetId"]: pick(
            subnet, "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"
        )
        for subnet in list_all(services("ec2"), "describe_subnets", "Subnets")
        if not subnet["DefaultForAz"]
    }


def tables(services: Services) -> Iterator[dict[str, Any]]:
    """The route tables that are not a VPC's main one."""
    for table in list_all(services("ec2"), "describe_route_tables", "RouteTables"):
        if not any(association.get("Main") for association in table["Associations"]):
            yield table


@reader("AWS::EC2::RouteTable")
def route_tables(services: Services) -> Shown:
    return {table["RouteTableId"]: pick(table, "VpcId", "Tags") for table in tables(services)}


@reader("AWS::EC2::Route")
def routes(services: Services) -> Shown:
    return {
        f"{table['RouteTableId']}|{route['DestinationCidrBlock']}": {
            "RouteTableId": table["RouteTableId"],
            **{name: value for name, value in route.items() if name.endswith("Id") or name == "DestinationCidrBlock"},
        }
        for table in tables(services)
        for route in table["Routes"]
        if route.get("GatewayId") != "local" and "DestinationCidrBlock" in route
    }


@reader("AWS::EC2::SubnetRouteTableAssociation")
def associations(services: Services) -> Shown:
    return {
        association["RouteTableAssociationId"]: pick(association, "RouteTableId", "SubnetId")
        for table in tables(services)
        for association in table["Associations"]
    }


@reader("AWS::EC2::InternetGateway")
def internet_gateways(services: Services) -> Shown:
    return {
        gateway["InternetGatewayId"]: pick(gateway, "Tags")
        for gateway in list_all(services("ec2"), "describe_internet_gateways", "InternetGateways")
    }


@reader("AWS::EC2::VPCGatewayAttachment")
def attachments(services: Services) -> Shown:
    return {
        f"IGW|{attachment['VpcId']}": {
            "InternetGatewayId": gateway["InternetGatewayId"],
            "VpcId": attachment["VpcId"],
        }
        for gateway in list_all(services("ec2"), "describe_internet_gateways", "InternetGateways")
        for attachment in gateway["Attachments"]
    }


@reader("AWS::EC2::SecurityGroup")
def security_groups(services: Services) -> Shown:
    return {
        group["GroupId"]: {
            **pick(group, "GroupName", "VpcId", "Tags"),
            "GroupDescription": group["Description"],
            "SecurityGroupIngress": [rule for _, rule in rules(group["IpPermissions"], way="Source")],
            "SecurityGroupEgress": [rule for _, rule in rules(group["IpPermissionsEgress"], way="Destination")],
        }
        for group in list_all(services("ec2"), "describe_security_groups", "SecurityGroups")
        if group["GroupName"] != "default"
    }


def rules(permissions: list[dict[str, Any]], *, way: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each rule by itself: the kind of its peer, and its members in the template's words."""
    kinds = (
        ("IpRanges", "CidrIp", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
        ("UserIdGroupPairs", "GroupId", f"{way}SecurityGroupId"),
        ("PrefixListIds", "PrefixListId", f"{way}PrefixListId"),
    )
    for permission in permissions:
        for ranges, member, name in kinds:
            for peer in permission.get(ranges, []):
                yield (
                    ranges,
                    {
                        **pick(permission, "IpProtocol", "FromPort", "ToPort"),
                        name: peer[member],
                        "Description": peer.get("Description"),
                    },
                )


def lone_rules(services: Services, *, egress: bool) -> Shown:
    """Every rule in one direction, by its id."""
    way = "Destination" if egress else "Source"
    shown = {}
    for rule in list_all(services("ec2"), "describe_security_group_rules", "SecurityGroupRules"):
        if rule["IsEgress"] == egress:
            shown[rule["SecurityGroupRuleId"]] = {
                **pick(rule, "GroupId", "IpProtocol", "FromPort", "ToPort", "Description", "CidrIpv6"),
                "CidrIp": rule.get("CidrIpv4"),
                f"{way}PrefixListId": rule.get("PrefixListId"),
                f"{way}SecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
            }
    return shown


@reader("AWS::EC2::SecurityGroupIngress")
def ingress(services: Services) -> Shown:
    return lone_rules(services, egress=False)


@reader("AWS::EC2::SecurityGroupEgress")
def egress(services: Services) -> Shown:
    return lone_rules(services, egress=True)


@reader("AWS::EC2::VPCEndpoint")
def endpoints(services: Services) -> Shown:
    return {
        endpoint["VpcEndpointId"]: {
            **pick(
                endpoint,
                "VpcId",
                "ServiceName",
                "VpcEndpointType",
                "PrivateDnsEnabled",
                "RouteTableIds",
                "SubnetIds",
                "Tags",
            ),
            **({"DnsOptions": _dns_options(endpoint["DnsOptions"])} if "DnsOptions" in endpoint else {}),
            "SecurityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])],
            "PolicyDocument": json.loads(endpoint["PolicyDocument"]),
        }
        for endpoint in list_all(services("ec2"), "describe_vpc_endpoints", "VpcEndpoints")
    }


def _dns_options(options: dict[str, Any]) -> dict[str, Any]:
    """In CloudFormation's words."""
    only = {True: "OnlyInboundResolver", False: "AllResolvers"}
    name = "PrivateDnsOnlyForInboundResolverEndpoint"
    return {key: only[value] if key == name else value for key, value in options.items()}


@reader("AWS::EC2::FlowLog")
def flow_logs(services: Services) -> Shown:
    return {
        flow["FlowLogId"]: pick(
            flow,
            "DeliverLogsPermissionArn",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "TrafficType",
            "Tags",
        )
        for flow in list_all(services("ec2"), "describe_flow_logs", "FlowLogs")
    }


@reader("AWS::EC2::EIP")
def elastic_ips(services: Services) -> Shown:
    addresses = list_all(services("ec2"), "describe_addresses", "Addresses")
    return {address["PublicIp"]: pick(address, "Domain", "Tags") for address in addresses}


@reader("AWS::EC2::NatGateway")
def nat_gateways(services: Services) -> Shown:
    listed = services("ec2").describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])
    return {
        gateway["NatGatewayId"]: {
            **pick(gateway, "ConnectivityType", "SubnetId", "Tags"),
            **pick(gateway["NatGatewayAddresses"][0], "AllocationId"),
        }
        for gateway in listed["NatGateways"]
    }
