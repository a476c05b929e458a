"""EMR: the security groups of clusters in private and public subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.emr.models import ElasticMapReduceBackend
from moto.emr.utils import (
    EmrManagedMasterSecurityGroup,
    EmrManagedSecurityGroup,
    EmrManagedSlaveSecurityGroup,
    EmrSecurityGroupManager,
)

from embedded_aws.gaps._registry import fills

_manage_groups = ElasticMapReduceBackend._manage_security_groups


def reaches_service(backend: Any, cluster: Any) -> bool:
    """Whether the primary node reaches EMR's manager in a private subnet, which EMR asks for since 5.30.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
    """
    if not cluster.ec2_subnet_id or not cluster.service_access_security_group:
        return True
    group = backend.ec2_backend.get_security_group_from_id(cluster.service_access_security_group)
    return any(
        rule.source_group.get("GroupId") == cluster.master_security_group
        and (rule.ip_protocol == "-1" or int(rule.from_port) <= 9443 <= int(rule.to_port))
        for rule in group.ingress_rules
    )


@fills(
    EmrSecurityGroupManager,
    "_add_rules_to",
    service="emr",
    what="in security groups of one's own, the missing inbound rules of primary and core nodes only",
    why="moto adds outbound rules to everywhere too, and the service-access group's rule that must be there before",
)
def add_rules_to(self: Any, managed_groups: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html."""
    from moto.ec2.exceptions import InvalidPermissionDuplicateError

    service = EmrManagedSecurityGroup.Kind.SERVICE
    made_by_emr = all(group.name.startswith("ElasticMapReduce-") for group in managed_groups.values())
    inbound = [
        {**rule, "source_groups": [each for each in rule["source_groups"] if each["GroupId"] in managed_groups]}
        for rule in self.MANAGED_RULES_INGRESS
        if rule["group_name_or_id"] in managed_groups and (made_by_emr or rule["group_name_or_id"] != service)
    ]
    inbound = [rule for rule in inbound if rule["source_groups"]]
    outbound = [
        rule for rule in self.MANAGED_RULES_EGRESS if made_by_emr and rule["group_name_or_id"] in managed_groups
    ]
    for rules, add in (
        (inbound, self.ec2.authorize_security_group_ingress),
        (outbound, self.ec2.authorize_security_group_egress),
    ):
        for rule in self._render_rules(rules, managed_groups):
            # One by one: a call with one that exists adds none of those that come after it.
            for sources in [[source] for source in rule["source_groups"]] or [[]]:
                try:
                    add(vpc_id=self.vpc_id, **{**rule, "source_groups": sources})
                except InvalidPermissionDuplicateError:
                    continue  # it is there already


class _PublicPrimaryGroup(EmrManagedMasterSecurityGroup):  # type: ignore[misc]
    group_name = "ElasticMapReduce-master"


class _PublicCoreGroup(EmrManagedSlaveSecurityGroup):  # type: ignore[misc]
    group_name = "ElasticMapReduce-slave"


@fills(
    ElasticMapReduceBackend,
    "_manage_security_groups",
    service="emr",
    what="in a public subnet, the managed security groups of public clusters, without one for service access",
    why="moto takes every subnet for a private one",
)
def manage_security_groups(self: Any, ec2_subnet_id: str | None, **groups: Any) -> tuple[str, str, str | None]:
    """https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html."""
    if groups["service_access_security_group"] or not _is_public(self.ec2_backend, ec2_subnet_id):
        managed: tuple[str, str, str | None] = _manage_groups(self, ec2_subnet_id, **groups)
        return managed
    manager = EmrSecurityGroupManager(self.ec2_backend, self.ec2_backend.get_subnet(ec2_subnet_id).vpc_id)
    primary = manager._get_or_create_sg(groups["emr_managed_master_security_group"], _PublicPrimaryGroup)
    core = manager._get_or_create_sg(groups["emr_managed_slave_security_group"], _PublicCoreGroup)
    kinds = EmrManagedSecurityGroup.Kind
    manager._add_rules_to({kinds.MASTER: primary, kinds.SLAVE: core})
    return primary.id, core.id, None


def _is_public(ec2: Any, subnet_id: str | None) -> bool:
    """Whether a route leads from a subnet to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
    """
    subnet = next((each for zone in ec2.subnets.values() for each in zone.values() if each.id == subnet_id), None)
    if subnet is None:
        return False
    tables = [table for table in ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if subnet_id in table._associations.values()]
    used = own or [table for table in tables if table.main_association_id]
    routes = [route for table in used for route in table.routes]
    return any(route.gateway and route.gateway.id.startswith("igw-") for route in routes)
