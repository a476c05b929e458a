"""The three security groups of an EMR cluster in a private subnet: primary node, core nodes, EMR's own access."""

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
class _Way:
    """What one group may send to another.

    Args:
        name: of the rules.
        source: the group that sends.
        target: the group that receives.
        protocol: `-1` for all.
        ports: first and last; for ICMP first type and last.
        reason: the rule's description.
        inbound: whether the target's group lists it.
        outbound: whether the source's group lists it.
    """

    name: str
    source: str
    target: str
    protocol: str
    ports: tuple[int, int] | None
    reason: str
    inbound: bool = True
    outbound: bool = True


class EmrSecurityGroups(Construct):
    """Groups of a cluster's own, with every rule that EMR would add by itself.

    EMR adds the inbound rules that it misses, and CloudFormation knows nothing of those: groups that mention each
    other could then never be deleted. So all of AWS's list stands here, and the cluster is created after `rules`
    and deleted before them.

    Attributes:
        primary_id: the group of the primary node.
        core_id: the group of core and task nodes.
        service_id: the group of the network interface with which EMR reaches the nodes.
        rules: what the cluster must wait for.

    Args:
        vpc_id: the VPC.
        project: for the descriptions.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc_id: str, project: str) -> None:
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id
        self.primary_id = self._group("Primary", f"Primary node of the cluster of {project}", reaches_aws=True)
        self.core_id = self._group("Core", f"Core and task nodes of the cluster of {project}", reaches_aws=True)
        self.service_id = self._group("Service", f"Access of EMR to the cluster of {project}", reaches_aws=False)
        groups = {"Primary": self.primary_id, "Core": self.core_id, "Service": self.service_id}
        self.rules = [rule for way in _ways() for rule in self._allow(way, groups)]

    def _group(self, name: str, description: str, *, reaches_aws: bool) -> str:
        """A group; without any egress rule in it EC2 would add one that allows everything.

        The nodes' two ports are not limited to a range: S3's gateway endpoint has public addresses, and the id of
        their prefix list would need a lookup. The subnets' routes lead nowhere but into the VPC and to that endpoint.
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
                    ip_protocol="tcp", from_port=port, to_port=port, cidr_ip=cidr, description=why
                )
                for cidr, port, why in egress
            ],
            tags=[cdk.CfnTag(key=TAG, value=TAG_VALUE)],
        )
        return group.attr_group_id

    def _allow(self, way: _Way, groups: Mapping[str, str]) -> Iterator[cdk.CfnResource]:
        first, last = way.ports or (None, None)
        if way.inbound:
            yield ec2.CfnSecurityGroupIngress(
                self,
                f"{way.name}In",
                group_id=groups[way.target],
                source_security_group_id=groups[way.source],
                ip_protocol=way.protocol,
                from_port=first,
                to_port=last,
                description=way.reason,
            )
        if way.outbound:
            yield ec2.CfnSecurityGroupEgress(
                self,
                f"{way.name}Out",
                group_id=groups[way.source],
                destination_security_group_id=groups[way.target],
                ip_protocol=way.protocol,
                from_port=first,
                to_port=last,
                description=way.reason,
            )


def _ways() -> Iterator[_Way]:
    """AWS's list for private subnets: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html.

    Inbound as EMR writes it, protocol by protocol, so that it finds nothing to add; outbound as little as that page
    asks for.
    """
    nodes = ("Primary", "Core")
    for source, target in ((source, target) for source in nodes for target in nodes):
        everything = _Way(
            name=f"{source}To{target}",
            source=source,
            target=target,
            protocol="-1",
            ports=None,
            reason="Nodes of one cluster",
            inbound=False,
        )
        yield everything
        for name, protocol, ports in (("Icmp", "icmp", (-1, -1)), ("Tcp", "tcp", _ALL), ("Udp", "udp", _ALL)):
            yield replace(
                everything,
                name=everything.name + name,
                protocol=protocol,
                ports=ports,
                inbound=True,
                outbound=False,
            )
    for node in nodes:
        yield _Way(
            name=f"ServiceTo{node}",
            source="Service",
            target=node,
            protocol="tcp",
            ports=(_TO_NODES, _TO_NODES),
            reason="Cluster manager of EMR",
        )
        yield _Way(
            name=f"{node}ToService",
            source=node,
            target="Service",
            protocol="tcp",
            ports=(_TO_EMR, _TO_EMR),
            reason="Metrics for managed scaling and auto-termination",
        )
