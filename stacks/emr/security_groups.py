"""Security groups of an EMR cluster in a private subnet: primary node, core nodes, service access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from mlproject.aws_rules.emr import TAG, TAG_VALUE

_TO_NODES = 8443
_TO_EMR = 9443
_ALL = (0, 65535)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """Traffic that is allowed from one group to another.

    Args:
        name: prefix of the construct ids.
        source: name of the sending group.
        target: name of the receiving group.
        protocol: `-1` for all.
        ports: first and last port, or the types of ICMP.
        description: description of the rules.
        inbound: whether to add an ingress rule to the target.
        outbound: whether to add an egress rule to the source.
    """

    name: str
    source: str
    target: str
    protocol: str
    ports: tuple[int, int] | None
    description: str
    inbound: bool = True
    outbound: bool = True


class EmrSecurityGroups(Construct):
    """Security groups with all rules that EMR requires.

    EMR adds missing inbound rules by itself. CloudFormation does not know these rules and could not delete groups that
    refer to each other. The groups therefore contain all rules of AWS's list, and the cluster is created after `rules`
    and deleted before them.

    Attributes:
        primary_id: group of the primary node.
        core_id: group of core and task nodes.
        service_id: group of the network interface with which EMR reaches the nodes.
        rules: rules that are created before the cluster.

    Args:
        vpc_id: the VPC.
        project: name of the project, for the descriptions.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc_id: str, project: str) -> None:
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id
        self.primary_id = self._group("Primary", f"Primary node of the cluster of {project}", reaches_aws=True)
        self.core_id = self._group("Core", f"Core and task nodes of the cluster of {project}", reaches_aws=True)
        self.service_id = self._group("Service", f"Access of EMR to the cluster of {project}", reaches_aws=False)
        groups = {"Primary": self.primary_id, "Core": self.core_id, "Service": self.service_id}
        self.rules = [resource for rule in _rules() for resource in self._allow(rule, groups)]

    def _group(self, name: str, description: str, *, reaches_aws: bool) -> str:
        """Create a group with at least one egress rule, since EC2 otherwise adds one that allows all traffic.

        The two ports of nodes are open to any address, since the gateway endpoint of S3 has public addresses and the id
        of their prefix list would require a lookup. The subnets have routes only within the VPC and to that endpoint.
        """
        egress = (
            [("0.0.0.0/0", 443, "HTTPS to the VPC endpoints"), ("0.0.0.0/0", 80, "Package repositories in S3")]
            if reaches_aws
            else [("127.0.0.1/32", 443, "Nothing else")]
        )
        group = ec2.CfnSecurityGroup(
            self,
            name,
            group_description=description,
            vpc_id=self._vpc_id,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp", from_port=port, to_port=port, cidr_ip=cidr, description=text
                )
                for cidr, port, text in egress
            ],
            tags=[cdk.CfnTag(key=TAG, value=TAG_VALUE)],
        )
        return group.attr_group_id

    def _allow(self, rule: _Rule, groups: Mapping[str, str]) -> Iterator[cdk.CfnResource]:
        first, last = rule.ports or (None, None)
        if rule.inbound:
            yield ec2.CfnSecurityGroupIngress(
                self,
                f"{rule.name}In",
                group_id=groups[rule.target],
                source_security_group_id=groups[rule.source],
                ip_protocol=rule.protocol,
                from_port=first,
                to_port=last,
                description=rule.description,
            )
        if rule.outbound:
            yield ec2.CfnSecurityGroupEgress(
                self,
                f"{rule.name}Out",
                group_id=groups[rule.source],
                destination_security_group_id=groups[rule.target],
                ip_protocol=rule.protocol,
                from_port=first,
                to_port=last,
                description=rule.description,
            )


def _rules() -> Iterator[_Rule]:
    """Rules for private subnets: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html.

    Inbound rules have the form that EMR uses, one per protocol, so that EMR adds none. Outbound rules are the minimum
    of that page.
    """
    nodes = ("Primary", "Core")
    for source, target in ((source, target) for source in nodes for target in nodes):
        all_traffic = _Rule(
            name=f"{source}To{target}",
            source=source,
            target=target,
            protocol="-1",
            ports=None,
            description="Nodes of one cluster",
            inbound=False,
        )
        yield all_traffic
        for name, protocol, ports in (("Icmp", "icmp", (-1, -1)), ("Tcp", "tcp", _ALL), ("Udp", "udp", _ALL)):
            yield replace(
                all_traffic,
                name=all_traffic.name + name,
                protocol=protocol,
                ports=ports,
                inbound=True,
                outbound=False,
            )
    for node in nodes:
        yield _Rule(
            name=f"ServiceTo{node}",
            source="Service",
            target=node,
            protocol="tcp",
            ports=(_TO_NODES, _TO_NODES),
            description="Cluster manager of EMR",
        )
        yield _Rule(
            name=f"{node}ToService",
            source=node,
            target="Service",
            protocol="tcp",
            ports=(_TO_EMR, _TO_EMR),
            description="Metrics for managed scaling and auto-termination",
        )
