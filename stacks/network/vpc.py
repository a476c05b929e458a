"""A VPC without internet access, with one isolated subnet in each zone."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from stacks.constructs.acknowledgment import acknowledge, acknowledge_lint
from stacks.network.subnet_ranges import subnet_ranges


class IsolatedVpc(Construct):
    """A VPC with a private subnet in each zone, one route table, and no gateway.

    It consists of L1 constructs, because CDK's Vpc looks up the zones in the account and closes the default security
    group with a Lambda function. Jobs and endpoints have their own security groups and never use the default group.

    Args:
        cidr: CIDR range, such as `10.20.0.0/16`.
        zones: names of the availability zones, such as `eu-west-1a`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, cidr: str, zones: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        name = cdk.Stack.of(self).stack_name
        vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[cdk.CfnTag(key="Name", value=name)],
        )
        acknowledge(
            vpc,
            {
                "NIST.800.53.R5::NIST.800.53.R5-VPCDefaultSecurityGroupClosed": (
                    "Only a Lambda function can close the default group, and nothing uses it."
                )
            },
        )
        self.vpc_id = vpc.ref
        self.cidr = cidr
        routes = ec2.CfnRouteTable(self, "Routes", vpc_id=vpc.ref, tags=[cdk.CfnTag(key="Name", value=name)])
        self.route_table_id = routes.ref
        self.subnet_ids = [
            self._subnet(zone, block, number=number, name=name)
            for number, (zone, block) in enumerate(zip(zones, subnet_ranges(cidr), strict=False), start=1)
        ]

    def _subnet(self, zone: str, cidr: str, *, number: int, name: str) -> str:
        subnet = ec2.CfnSubnet(
            self,
            f"Subnet{number}",
            vpc_id=self.vpc_id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            # The second tag allows the EMR roles of projects to create clusters in the subnet.
            tags=[cdk.CfnTag(key="Name", value=f"{name}-{zone}"), cdk.CfnTag(key=TAG, value=TAG_VALUE)],
        )
        acknowledge_lint(
            subnet,
            "W3010",
            "The zones are set in environments.yaml, so that synthesis needs no lookup and the subnets never move.",
        )
        ec2.CfnSubnetRouteTableAssociation(
            self, f"Association{number}", subnet_id=subnet.ref, route_table_id=self.route_table_id
        )
        return subnet.ref
