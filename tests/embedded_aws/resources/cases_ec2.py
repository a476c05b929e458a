"""The cases of EC2's resource types."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.harness import Case

DELIVERY = f"arn:aws:iam::{ACCOUNT}:role/flow-logs"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::EC2::{kind}", "Properties": properties}


def vpc(number: int) -> dict[str, Any]:
    return resource("VPC", CidrBlock=f"10.{number}.0.0/16")


VPCS = {"VpcOne": vpc(1), "VpcTwo": vpc(2)}
TABLES = {
    **VPCS,
    "TableOne": resource("RouteTable", VpcId=ref("VpcOne")),
    "TableTwo": resource("RouteTable", VpcId=ref("VpcOne")),
}
SUBNETS = {
    **TABLES,
    "SubnetOne": resource("Subnet", VpcId=ref("VpcOne"), CidrBlock="10.1.1.0/24", AvailabilityZone=f"{REGION}a"),
    "SubnetTwo": resource("Subnet", VpcId=ref("VpcOne"), CidrBlock="10.1.2.0/24", AvailabilityZone=f"{REGION}b"),
}
GATEWAYS = {"GatewayOne": resource("InternetGateway"), "GatewayTwo": resource("InternetGateway")}
# A group that allows nothing of itself: its one egress rule leads nowhere, so that lone rules are seen alone.
NOWHERE = {"IpProtocol": "-1", "CidrIp": "255.255.255.255/32"}
GROUPS = {
    **VPCS,
    **{
        name: resource("SecurityGroup", GroupDescription=name, VpcId=ref("VpcOne"), SecurityGroupEgress=[NOWHERE])
        for name in ("GroupOne", "GroupTwo")
    },
}
LOG_GROUPS = {
    **VPCS,
    "LogsOne": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/flow/one"}},
    "LogsTwo": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/flow/two"}},
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
}
OPEN_POLICY = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": "443"}


def lone_rules(kind: str, way: str) -> tuple[Case, ...]:
    """A rule for each kind of peer: the kinds are the variants."""
    group = {"GroupId": ref("GroupOne"), **HTTPS}
    dependencies = {name: body for name, body in GROUPS.items() if name != "VpcTwo"}
    peers: dict[str, Any] = {
        f"{way}SecurityGroupId": ref("GroupTwo"),
        f"{way}PrefixListId": "pl-11111111",
        "CidrIp": "10.1.0.0/16",
        "CidrIpv6": "fd00::/8",
    }
    return tuple(
        Case(
            type=f"AWS::EC2::{kind}",
            variant=name,
            dependencies=dependencies,
            first={**group, name: peer, "Description": "first"},
            changed={**group, name: peer, "Description": "second"},
            replaced={**group, name: peer, "ToPort": 444},
        )
        for name, peer in peers.items()
    )


EC2_CASES = (
    Case(
        type="AWS::EC2::VPC",
        first={
            "CidrBlock": "10.9.0.0/16",
            "EnableDnsHostnames": "true",
            "EnableDnsSupport": "false",
            "InstanceTenancy": "default",
            "Tags": tags(a="1", b="1"),
        },
        changed={"CidrBlock": "10.9.0.0/16", "InstanceTenancy": "default", "Tags": tags(a="2")},
        replaced={"CidrBlock": "10.8.0.0/16"},
        defaults={"EnableDnsHostnames": False, "EnableDnsSupport": True, "InstanceTenancy": "default"},
    ),
    Case(
        type="AWS::EC2::Subnet",
        dependencies=VPCS,
        first={
            "VpcId": ref("VpcOne"),
            "CidrBlock": "10.1.9.0/24",
            "AvailabilityZone": f"{REGION}b",
            "MapPublicIpOnLaunch": "true",
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "VpcId": ref("VpcOne"),
            "CidrBlock": "10.1.9.0/24",
            "AvailabilityZone": f"{REGION}b",
            "Tags": tags(a="2"),
        },
        replaced={"VpcId": ref("VpcTwo"), "CidrBlock": "10.2.9.0/24", "AvailabilityZoneId": "euw1-az1"},
        defaults={"MapPublicIpOnLaunch": False},
        derived=frozenset({"AvailabilityZone", "AvailabilityZoneId"}),
    ),
    Case(
        type="AWS::EC2::RouteTable",
        dependencies=VPCS,
        first={"VpcId": ref("VpcOne"), "Tags": tags(a="1", b="1")},
        changed={"VpcId": ref("VpcOne"), "Tags": tags(a="2")},
        replaced={"VpcId": ref("VpcTwo")},
    ),
    Case(
        type="AWS::EC2::Route",
        dependencies={
            **TABLES,
            **GATEWAYS,
            **{
                f"Attached{n}": resource(
                    "VPCGatewayAttachment", VpcId=ref(f"Vpc{n}"), InternetGatewayId=ref(f"Gateway{n}")
                )
                for n in ("One", "Two")
            },
        },
        first={
            "RouteTableId": ref("TableOne"),
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": ref("GatewayOne"),
        },
        changed={
            "RouteTableId": ref("TableOne"),
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": ref("GatewayTwo"),
        },
        replaced={
            "RouteTableId": ref("TableTwo"),
            "DestinationCidrBlock": "172.16.0.0/12",
            "GatewayId": ref("GatewayOne"),
        },
    ),
    Case(
        type="AWS::EC2::Route",
        variant="through a NAT gateway",
        dependencies={
            **SUBNETS,
            **{
                f"Gateway{n}": resource("NatGateway", SubnetId=ref(f"Subnet{n}"), ConnectivityType="private")
                for n in ("One", "Two")
            },
        },
        first={
            "RouteTableId": ref("TableOne"),
            "DestinationCidrBlock": "0.0.0.0/0",
            "NatGatewayId": ref("GatewayOne"),
        },
        changed={
            "RouteTableId": ref("TableOne"),
            "DestinationCidrBlock": "0.0.0.0/0",
            "NatGatewayId": ref("GatewayTwo"),
        },
    ),
    Case(
        type="AWS::EC2::EIP",
        first={"Domain": "vpc", "Tags": tags(a="1", b="1")},
        changed={"Domain": "vpc", "Tags": tags(a="2")},
    ),
    Case(
        type="AWS::EC2::NatGateway",
        dependencies={**SUBNETS, "Address": resource("EIP", Domain="vpc"), "Other": resource("EIP")},
        first={
            "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
            "ConnectivityType": "public",
            "SubnetId": ref("SubnetOne"),
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
            "ConnectivityType": "public",
            "SubnetId": ref("SubnetOne"),
            "Tags": tags(a="2"),
        },
        replaced={
            "AllocationId": {"Fn::GetAtt": ["Other", "AllocationId"]},
            "ConnectivityType": "public",
            "SubnetId": ref("SubnetTwo"),
        },
    ),
    Case(
        type="AWS::EC2::SubnetRouteTableAssociation",
        dependencies=SUBNETS,
        first={"RouteTableId": ref("TableOne"), "SubnetId": ref("SubnetOne")},
        changed={"RouteTableId": ref("TableTwo"), "SubnetId": ref("SubnetOne")},
        replaced={"RouteTableId": ref("TableTwo"), "SubnetId": ref("SubnetTwo")},
        moves=True,
    ),
    Case(
        type="AWS::EC2::InternetGateway",
        first={"Tags": tags(a="1", b="1")},
        changed={"Tags": tags(a="2")},
    ),
    Case(
        type="AWS::EC2::VPCGatewayAttachment",
        dependencies={**VPCS, **GATEWAYS},
        first={"VpcId": ref("VpcOne"), "InternetGatewayId": ref("GatewayOne")},
        changed={"VpcId": ref("VpcOne"), "InternetGatewayId": ref("GatewayTwo")},
        replaced={"VpcId": ref("VpcTwo"), "InternetGatewayId": ref("GatewayTwo")},
    ),
    Case(
        type="AWS::EC2::SecurityGroup",
        dependencies=GROUPS,
        first={
            "GroupDescription": "first",
            "GroupName": "contract",
            "VpcId": ref("VpcOne"),
            "SecurityGroupIngress": [
                {**HTTPS, "CidrIp": "10.0.0.0/8", "Description": "one"},
                {**SSH, "SourceSecurityGroupId": ref("GroupOne"), "Description": "two"},
                {**SSH, "SourcePrefixListId": "pl-11111111"},
            ],
            "SecurityGroupEgress": [
                {**HTTPS, "DestinationSecurityGroupId": ref("GroupTwo")},
                {**HTTPS, "DestinationPrefixListId": "pl-11111111"},
                {**HTTPS, "CidrIpv6": "fd00::/8"},
                {**HTTPS, "CidrIp": "10.1.0.0/16", "Description": "out"},
            ],
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "GroupDescription": "first",
            "GroupName": "contract",
            "VpcId": ref("VpcOne"),
            "SecurityGroupIngress": [{**HTTPS, "CidrIpv6": "::/0"}],
            "Tags": tags(a="2"),
        },
        replaced={"GroupDescription": "second", "GroupName": "contract-other", "VpcId": ref("VpcTwo")},
        defaults={"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]},
    ),
    *lone_rules("SecurityGroupIngress", "Source"),
    *lone_rules("SecurityGroupEgress", "Destination"),
    Case(
        type="AWS::EC2::VPCEndpoint",
        dependencies={**SUBNETS, **GROUPS},
        first={
            "VpcId": ref("VpcOne"),
            "ServiceName": f"com.amazonaws.{REGION}.sagemaker.api",
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": "true",
            "SubnetIds": [ref("SubnetOne")],
            "SecurityGroupIds": [ref("GroupOne")],
            "PolicyDocument": POLICY,
            "DnsOptions": {
                "DnsRecordIpType": "ipv4",
                "PrivateDnsOnlyForInboundResolverEndpoint": "OnlyInboundResolver",
            },
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "VpcId": ref("VpcOne"),
            "ServiceName": f"com.amazonaws.{REGION}.sagemaker.api",
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": False,
            "DnsOptions": {"DnsRecordIpType": "dualstack", "PrivateDnsOnlyForInboundResolverEndpoint": "AllResolvers"},
            "SubnetIds": [ref("SubnetTwo")],
            "SecurityGroupIds": [ref("GroupTwo")],
            "Tags": tags(a="2"),
        },
        replaced={
            "VpcId": ref("VpcOne"),
            "ServiceName": f"com.amazonaws.{REGION}.s3",
            "VpcEndpointType": "Gateway",
            "RouteTableIds": [ref("TableOne")],
        },
        defaults={"PolicyDocument": OPEN_POLICY, "PrivateDnsEnabled": False},
    ),
    Case(
        type="AWS::EC2::FlowLog",
        dependencies=LOG_GROUPS,
        first={
            "ResourceId": ref("VpcOne"),
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": ref("LogsOne"),
            "DeliverLogsPermissionArn": DELIVERY,
            "MaxAggregationInterval": "60",
            "LogFormat": "${srcaddr} ${dstaddr}",
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "ResourceId": ref("VpcOne"),
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": ref("LogsOne"),
            "DeliverLogsPermissionArn": DELIVERY,
            "MaxAggregationInterval": "60",
            "LogFormat": "${srcaddr} ${dstaddr}",
            "Tags": tags(a="2"),
        },
        replaced={
            "ResourceId": ref("VpcOne"),
            "ResourceType": "VPC",
            "TrafficType": "REJECT",
            "LogGroupName": ref("LogsTwo"),
            "DeliverLogsPermissionArn": DELIVERY,
        },
        unread=frozenset({"ResourceType"}),
        defaults={
            "LogDestinationType": "cloud-watch-logs",
            "MaxAggregationInterval": 600,
            "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
            "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
        },
    ),
    Case(
        type="AWS::EC2::FlowLog",
        variant="to S3",
        dependencies={**VPCS, "FlowBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "contract-flow"}}},
        first={
            "ResourceId": ref("VpcOne"),
            "ResourceType": "VPC",
            "TrafficType": "ACCEPT",
            "LogDestinationType": "s3",
            "LogDestination": {"Fn::GetAtt": ["FlowBucket", "Arn"]},
        },
        unread=frozenset({"ResourceType"}),
        derived=frozenset({"MaxAggregationInterval", "LogFormat"}),
    ),
)
