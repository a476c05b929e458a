"""Resources that services show in another way than other resources: rules of security groups, subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.cloudformation.stack import Resource, Stack

_RULES = ("SecurityGroupEgress", "SecurityGroupIngress")


def without_rules_of_other_resources(
    resource: Resource, actual: Mapping[str, Any] | None, stacks: Iterable[Stack]
) -> Mapping[str, Any] | None:
    """Leave out the rules of a security group that are resources of their own, perhaps of another stack.

    Args:
        resource: any resource.
        actual: what the service shows of it.
        stacks: the stacks of the account and region.
    """
    if resource.type_name != "AWS::EC2::SecurityGroup" or actual is None:
        return actual
    others = [
        other
        for stack in stacks
        for other in list(stack.resources.values())
        if other.properties.get("GroupId") == resource.physical_id
    ]
    own: dict[str, list[Mapping[str, Any]]] = {}
    for name in _RULES:
        declared = [other for other in others if other.type_name == f"AWS::EC2::{name}"]
        own[name] = [rule for rule in actual[name] if not any(_is_rule(other, rule) for other in declared)]
    return {**actual, **own}


def _is_rule(resource: Resource, rule: Mapping[str, Any]) -> bool:
    """Whether a resource is this rule. Of all protocols (-1), EC2 shows no ports."""
    given = resource.properties
    ports = () if str(given.get("IpProtocol")) == "-1" else ("FromPort", "ToPort")
    names = {*ports, *(name for name in (*rule, *given) if name not in {"FromPort", "ToPort", "GroupId"})}
    return all(_text(rule.get(name)) == _text(given.get(name)) for name in names)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def is_unconfirmed_subscription(resource: Resource, client: Callable[[str], Any]) -> bool:
    """Whether a resource is a subscription that its recipient has not confirmed, which SNS lists without its ARN."""
    if resource.type_name != "AWS::SNS::Subscription":
        return False
    try:
        found = client("sns").get_subscription_attributes(SubscriptionArn=resource.physical_id)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFound":
            raise
        return False
    return bool(found.get("PendingConfirmation") == "true")
