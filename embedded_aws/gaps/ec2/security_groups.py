"""EC2: the rules of security groups."""

from __future__ import annotations

from inspect import signature
from typing import Any

from moto.ec2.exceptions import InvalidPermissionNotFoundError
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from embedded_aws.gaps._registry import fills

_init = SecurityGroupRule.__init__
_SIGNATURE = signature(_init)
_ALL_PROTOCOLS = "-1"
_revoke_egress = SecurityGroupBackend.revoke_security_group_egress
_update_description = SecurityGroupBackend._sg_update_description


@fills(
    SecurityGroupRule,
    "__eq__",
    service="ec2",
    what="rules between security groups compared without their description",
    why="moto then neither finds a rule to describe anew nor one to revoke",
)
def rule_equals(self: Any, other: object) -> bool:
    return isinstance(other, SecurityGroupRule) and _identity(self) == _identity(other)


def _identity(rule: Any) -> tuple[Any, ...]:
    peer = (rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id)
    return (rule.ip_protocol, rule.from_port, rule.to_port, *peer)


@fills(
    SecurityGroupRule,
    "__init__",
    service="ec2",
    what="rules of IP protocols that have no ports, such as 50 (IPsec), and descriptions of rules for prefix lists",
    why="moto asks for ports and fails, and forgets these descriptions",
)
def rule_init(*arguments: Any, **named: Any) -> None:
    call = _SIGNATURE.bind(*arguments, **named)
    call.apply_defaults()
    given = call.arguments
    protocol = given["ip_protocol"]
    has_no_ports = given["from_port"] is None and given["to_port"] is None
    _init(**{**given, "ip_protocol": _ALL_PROTOCOLS if has_no_ports else protocol})
    rule = given["self"]
    if has_no_ports:
        rule.ip_protocol = str(protocol) if protocol else None
    rule.prefix_list_description = (given["prefix_list_id"] or {}).get("Description")


def rule_description(self: Any) -> str | None:
    found: str | None = self.ip_range.get("Description") or self.source_group.get("Description")
    return found or self.prefix_list_description or None


fills(
    SecurityGroupRule,
    "description",
    service="ec2",
    what="DescribeSecurityGroupRules with the description of every kind of rule",
    why="moto shows those of address ranges only",
)(property(rule_description))


@fills(
    SecurityGroupBackend,
    "_sg_update_description",
    service="ec2",
    what="UpdateSecurityGroupRuleDescriptions of rules for prefix lists",
    why="moto changes those of address ranges and groups only",
)
def update_description(self: Any, security_rule: Any, rule: Any) -> None:
    _update_description(self, security_rule, rule)
    if security_rule.prefix_list_description is not None:
        rule.prefix_list_description = security_rule.prefix_list_description


@fills(
    SecurityGroupBackend,
    "revoke_security_group_egress",
    service="ec2",
    what="RevokeSecurityGroupEgress of rules for IPv6 ranges",
    why="moto says yes and leaves them in a VPC without IPv6 addresses of its own",
)
def revoke_egress(self: Any, *, group_name_or_id: str, security_rule_ids: Any = None, **rules: Any) -> None:
    vpc_id = rules.pop("vpc_id", None)
    group = self.get_security_group_by_name_or_id(group_name_or_id, vpc_id)
    if group and not security_rule_ids:
        sources = self._add_source_group(rules.get("source_groups"), vpc_id)
        lists = rules.get("prefix_list_ids") or []
        wanted = {**rules, "group_id": group.group_id, "source_groups": sources, "prefix_list_ids": lists}
        security_rule_ids = [_rule_id(group.egress_rules, rule) for rule in self._iterate_security_rules(**wanted)]
    _revoke_egress(self, group_name_or_id, **rules, security_rule_ids=security_rule_ids, vpc_id=vpc_id)


def _rule_id(rules: list[Any], wanted: Any) -> str:
    for rule in rules:
        if rule == wanted:
            found: str = rule.id
            return found
    raise InvalidPermissionNotFoundError
