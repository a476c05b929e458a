"""AWS::EC2: security groups and their rules."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, difference, ignoring, pick
from embedded_aws.resources.ec2.vpc import tag_specifications, update_ec2_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler

INGRESS = "SecurityGroupIngress"
EGRESS = "SecurityGroupEgress"
ALL_TRAFFIC = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}

_PEERS = {INGRESS: "Source", EGRESS: "Destination"}
_PORTS = ("IpProtocol", "FromPort", "ToPort")


def rule_members(direction: str) -> tuple[str, ...]:
    """The members of a rule that are applied; peers are SourceSecurityGroupId and so on."""
    peer = _PEERS[direction]
    return (*_PORTS, "CidrIp", "CidrIpv6", f"{peer}SecurityGroupId", f"{peer}PrefixListId", "Description")


def permission(direction: str, rule: Properties) -> dict[str, Any]:
    """A template's rule as the API's IpPermission."""
    peer = _PEERS[direction]
    note = pick(rule, "Description")
    peers: dict[str, tuple[str, str]] = {
        "CidrIp": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        f"{peer}SecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        f"{peer}PrefixListId": ("PrefixListIds", "PrefixListId"),
    }
    return {
        **pick(rule, *_PORTS),
        **{ranges: [{member: rule[name], **note}] for name, (ranges, member) in peers.items() if rule.get(name)},
    }


def change_rule(context: Context, action: str, direction: str, group_id: str, rule: Properties) -> dict[str, Any]:
    """Authorize or revoke a rule of a group.

    Args:
        action: `Authorize` or `Revoke`.
    """
    permissions = [permission(direction, rule)]
    return call(context, "ec2", f"{action}{direction}", GroupId=group_id, IpPermissions=permissions)


@handler
class SecurityGroup(Handler):
    type_name = "AWS::EC2::SecurityGroup"
    supported = frozenset(
        {"GroupDescription", "GroupName", "Tags", "VpcId"}
        | {f"{direction}.{member}" for direction in (INGRESS, EGRESS) for member in rule_members(direction)}
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        group = call(
            context,
            "ec2",
            "CreateSecurityGroup",
            GroupName=properties.get("GroupName") or context.generated_name(limit=255),
            Description=properties["GroupDescription"],
            **pick(properties, "VpcId"),
            TagSpecifications=tag_specifications("security-group", properties),
        )["GroupId"]
        context.report_id(group)
        self._settle_rules(context, group, {}, properties)
        return self._attributes(context, group)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_rules(context, physical_id, old, new)
        update_ec2_tags(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteSecurityGroup", GroupId=physical_id)

    def _settle_rules(self, context: Context, group_id: str, old: Properties, new: Properties) -> None:
        for direction in (INGRESS, EGRESS):
            rules = difference(self._rules(direction, old), self._rules(direction, new))
            for rule in rules.removed:
                with ignoring("InvalidPermission.NotFound"):
                    change_rule(context, "Revoke", direction, group_id, rule)
            for rule in rules.added:
                with ignoring("InvalidPermission.Duplicate"):
                    change_rule(context, "Authorize", direction, group_id, rule)

    def _rules(self, direction: str, properties: Properties) -> list[Any]:
        """The template's rules; a group without egress rules of its own lets all out, as EC2 makes it."""
        return properties.get(direction) or ([ALL_TRAFFIC] if direction == EGRESS else [])

    def _attributes(self, context: Context, group_id: str) -> dict[str, Any]:
        group = call(context, "ec2", "DescribeSecurityGroups", GroupIds=[group_id])["SecurityGroups"][0]
        return {"GroupId": group_id, "Id": group_id, "VpcId": group["VpcId"]}


class _Rule(Handler):
    """A rule that is a resource of its own; everything but its description replaces it."""

    direction: ClassVar[str]

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        answer = change_rule(context, "Authorize", self.direction, properties["GroupId"], properties)
        return {"Id": context.report_id(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, "Description"):
            way = self.direction.removeprefix("SecurityGroup")
            call(
                context,
                "ec2",
                f"UpdateSecurityGroupRuleDescriptions{way}",
                GroupId=new["GroupId"],
                IpPermissions=[permission(self.direction, {"Description": "", **new})],
            )
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        change_rule(context, "Revoke", self.direction, properties["GroupId"], properties)


@handler
class SecurityGroupIngress(_Rule):
    type_name = "AWS::EC2::SecurityGroupIngress"
    direction = INGRESS
    supported = frozenset({"GroupId", *rule_members(INGRESS)})


@handler
class SecurityGroupEgress(_Rule):
    type_name = "AWS::EC2::SecurityGroupEgress"
    direction = EGRESS
    supported = frozenset({"GroupId", *rule_members(EGRESS)})
