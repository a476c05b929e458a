"""Verdicts on the consequences of a deployment: which of them stop it, need a confirmation, or are allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from embedded_aws.resource_rules import ResourceRules, resource_rules
from mlproject.deployment.change_sets import StackChanges
from mlproject.deployment.consequences import Consequence, Effect
from mlproject.deployment.stateful_types import GROWING_PROPERTIES, STATEFUL_TYPES
from mlproject.names import MAIN_CLUSTER, cluster_of_resource
from mlproject.parameters import AllowedReplacement

_CLUSTER = "AWS::EMR::Cluster"
# CloudFormation ignores that it cannot delete what it has replaced:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
_PROTECTED_CLUSTER = (
    "the cluster is protected against termination, so the old one would continue to run and cost money, without a "
    "stack; terminate it first with `mlproject cluster down{option}`"
)


class Verdict(StrEnum):
    """What a consequence means for the deployment, the most severe first."""

    STOPS = "stops the deployment"
    PERMITTED = "allowed by allow_replacement"
    CONFIRM = "needs confirmation"
    ALLOWED = "allowed"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A consequence of a deployment and its verdict.

    Args:
        resource: name for an entry of `allow_replacement`, such as `flights-dev-storage/DataBucketE3889A50`.
        name: physical id of the resource.
        type: its type, such as `AWS::S3::Bucket`.
        effect: effect on the resource.
        description: the consequence, as a clause such as `dev/flights/storage replaces S3 Bucket ...`.
        verdict: the verdict.
        reason: why, as a clause.
        deployed_state: fingerprint of the deployed state to which the verdict applies.
        can_be_permitted: whether an entry of `allow_replacement` helps. It does not if AWS rejects the change.
    """

    resource: str
    name: str
    type: str
    effect: Effect
    description: str
    verdict: Verdict
    reason: str
    deployed_state: str = ""
    can_be_permitted: bool = False


def judge_consequences(
    consequences: Iterable[Consequence],
    planned: Iterable[StackChanges],
    permissions: Sequence[AllowedReplacement],
    *,
    protected_clusters: Collection[str] = (),
) -> tuple[Judgement, ...]:
    """Judge the consequences of a deployment, in the same order.

    Args:
        consequences: the consequences of the planned changes.
        planned: changes to each stack.
        permissions: the entries of `allow_replacement`.
        protected_clusters: ids of running clusters that are protected against termination.
    """
    stacks = {stack.path: stack for stack in planned}
    return tuple(_judge(each, stacks[each.stack], permissions, protected_clusters) for each in consequences)


def clusters_to_terminate(consequences: Iterable[Consequence]) -> tuple[str, ...]:
    """Return the ids of the clusters that a deployment replaces or deletes."""
    terminating = (Effect.REPLACES, Effect.DELETES)
    return tuple(each.name for each in consequences if each.type == _CLUSTER and each.effect in terminating)


def permit(
    names: Iterable[str], *, state: str, permissions: Sequence[AllowedReplacement], otherwise: str
) -> tuple[Verdict, str]:
    """Return the verdict on a change that needs an entry of `allow_replacement`, and the reason.

    Args:
        names: names by which an entry may refer to the resource.
        state: fingerprint of the deployed state.
        permissions: the entries of `allow_replacement`.
        otherwise: the reason why the change stops the deployment.
    """
    known = frozenset(names)
    entries = [entry for entry in permissions if entry.resource in known]
    for entry in entries:
        if entry.deployed_state == state:
            return Verdict.PERMITTED, entry.reason
    if entries:
        expired = entries[0].deployed_state
        otherwise = f"{otherwise}; its entry in allow_replacement has expired, since it is for the state {expired}"
    return Verdict.STOPS, otherwise


def _judge(
    consequence: Consequence,
    stack: StackChanges,
    permissions: Sequence[AllowedReplacement],
    protected_clusters: Collection[str],
) -> Judgement:
    resource = f"{stack.name}/{consequence.logical_id}"
    impossible = _impossible(consequence, stack)
    can_be_permitted = False
    if impossible:
        verdict, reason = Verdict.STOPS, impossible
    elif consequence.name in protected_clusters and clusters_to_terminate([consequence]):
        cluster = cluster_of_resource(consequence.logical_id)
        option = "" if cluster == MAIN_CLUSTER else f" --cluster {cluster}"
        verdict, reason = Verdict.STOPS, _PROTECTED_CLUSTER.format(option=option)
    elif consequence.effect is Effect.STOPS:
        verdict, reason = Verdict.CONFIRM, "work in progress is interrupted"
    elif consequence.type in STATEFUL_TYPES:
        can_be_permitted = True
        verdict, reason = permit(
            (resource, consequence.name, consequence.short_name),
            state=stack.deployed_state,
            permissions=permissions,
            otherwise=f"{STATEFUL_TYPES[consequence.type]}; {_fate(consequence)}",
        )
    else:
        verdict, reason = Verdict.CONFIRM, f"it contains no data; {_fate(consequence)}"
    return Judgement(
        resource=resource,
        name=consequence.name,
        type=consequence.type,
        effect=consequence.effect,
        description=str(consequence),
        verdict=verdict,
        reason=reason,
        deployed_state=stack.deployed_state,
        can_be_permitted=can_be_permitted,
    )


def _impossible(consequence: Consequence, stack: StackChanges) -> str | None:
    """Return why AWS rejects the change, if it does."""
    before, after = (
        template.get("Resources", {}).get(consequence.logical_id, {}).get("Properties", {})
        for template in (stack.deployed_template, stack.desired_template)
    )
    is_replaced = consequence.effect is Effect.REPLACES and consequence.is_certain
    if is_replaced and _keeps_its_name(resource_rules(consequence.type), before, after):
        return "CloudFormation cannot replace a resource that keeps its name; undo the change, or rename it too"
    growing = GROWING_PROPERTIES.get(consequence.type)
    if growing and consequence.effect is Effect.STOPS:
        old, new = before.get(growing), after.get(growing)
        if isinstance(old, int) and isinstance(new, int) and new < old:
            return f"{growing} cannot decrease ({old} to {new}); write {old} again, or use a new notebook"
    return None


def _keeps_its_name(rules: ResourceRules, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the template names the resource, and the name does not change.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-customize-physical-id.html
    """
    key = rules.fixed_name_property
    return key is not None and key in after and after[key] == before.get(key)


def _fate(consequence: Consequence) -> str:
    """Return what happens to the existing resource."""
    if consequence.effect is Effect.LEAVES:
        return "it stays, without a stack"
    if consequence.effect is Effect.DELETES:
        return "it is deleted"
    return (
        "the old one stays, without a stack" if consequence.policy == "ReplaceAndRetain" else "the old one is deleted"
    )
