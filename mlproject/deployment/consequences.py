"""Consequences of a deployment for existing resources: which it stops, replaces, deletes or leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from embedded_aws.resource_rules import resource_rules
from mlproject.deployment.change_sets import StackChanges


class Effect(StrEnum):
    """Effect on a resource, the most severe first."""

    DELETES = "deletes"
    LEAVES = "leaves behind"
    REPLACES = "replaces"
    STOPS = "stops"
    ORPHANS = "orphans"


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """Consequence of a deployment for an existing resource.

    Args:
        stack: path of the stack in the app, such as `dev/flights/emr`.
        effect: effect on the resource. A retained resource that is removed from its stack is left behind.
        type: such as `AWS::EMR::Cluster`.
        name: physical id of the resource.
        logical_id: logical id of the resource.
        because: changed properties that cause the effect, sorted. Empty for a removed resource.
        is_certain: whether a replacement is certain. CloudFormation may not know a value before the deployment.
        policy: what happens to a removed or replaced resource, as returned by DescribeChangeSet: `Delete`, `Retain`,
            `ReplaceAndDelete`, `ReplaceAndRetain`; empty if the resource stays.
    """

    stack: str
    effect: Effect
    type: str
    name: str
    logical_id: str
    because: tuple[str, ...] = ()
    is_certain: bool = True
    policy: str = ""

    @property
    def short_name(self) -> str:
        """The physical id, or the last part of an ARN."""
        return self.name.rpartition("/")[2] if self.name.startswith("arn:") else self.name

    def __str__(self) -> str:
        resource = f"{self.type.removeprefix('AWS::').replace('::', ' ')} {self.short_name}"
        verb = self.effect if self.is_certain else f"may {self.effect.removesuffix('s')}"
        return f"{self.stack} {verb} {resource}" + (f" (change of {', '.join(self.because)})" if self.because else "")


# Rules, associations and settings. Nobody notices their replacement or deletion.
INSIGNIFICANT = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::Events::Rule",
        "AWS::S3::BucketPolicy",
        "AWS::SSM::Parameter",
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "AWS::SNS::TopicPolicy",
    }
)


def list_consequences(planned: Iterable[StackChanges]) -> tuple[Consequence, ...]:
    """List the resources that a deployment stops, replaces, deletes or leaves behind, the most severe effect first.

    Args:
        planned: changes to each stack. A new stack has no consequences for existing resources.
    """
    found = [each for stack in planned for change in stack.changes for each in _consequence(stack.path, change)]
    order = list(Effect)
    return tuple(sorted(found, key=lambda each: (order.index(each.effect), each.stack, each.logical_id)))


def _consequence(stack: str, change: Mapping[str, Any]) -> Iterator[Consequence]:
    type_name = change["ResourceType"]
    if type_name in INSIGNIFICANT:
        return
    resource = {
        "stack": stack,
        "type": type_name,
        "name": change.get("PhysicalResourceId") or change["LogicalResourceId"],
        "logical_id": change["LogicalResourceId"],
        "policy": str(change.get("PolicyAction") or ""),
    }
    if change["Action"] == "Remove":
        yield Consequence(effect=Effect.LEAVES if resource["policy"] == "Retain" else Effect.DELETES, **resource)
    elif change["Action"] == "Modify":
        paths = _changed_paths(change)
        if change.get("Replacement") in {"True", "Conditional"}:
            rules = resource_rules(type_name)
            yield Consequence(
                effect=Effect.REPLACES,
                because=tuple(sorted(path for path in paths if path in rules.replacing(paths))) or tuple(sorted(paths)),
                is_certain=change["Replacement"] == "True",
                **resource,
            )
        else:
            stopping = resource_rules(type_name).interrupting(paths)
            if stopping:
                yield Consequence(effect=Effect.STOPS, because=tuple(sorted(stopping)), **resource)


def _changed_paths(change: Mapping[str, Any]) -> frozenset[str]:
    """Paths of the changed properties, separated by `/`, or their names if CloudFormation does not report paths."""
    targets = [
        detail["Target"] for detail in change.get("Details", ()) if detail["Target"]["Attribute"] == "Properties"
    ]
    return frozenset(
        str(target.get("Path", "")).removeprefix("/Properties/") or str(target.get("Name", "")) for target in targets
    )
