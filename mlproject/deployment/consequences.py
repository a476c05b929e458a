"""What a deployment does to what is in use: what it stops, replaces, deletes and leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from embedded_aws.resource_rules import resource_rules
from mlproject.deployment.change_sets import StackChanges


class Effect(StrEnum):
    """What happens to a resource, the worst first."""

    DELETES = "deletes"
    LEAVES = "leaves behind"
    REPLACES = "replaces"
    STOPS = "stops"


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What a deployment does to one resource that exists.

    Args:
        stack: as people type it, such as `dev/flights/emr`.
        effect: what happens to it; a retained resource that leaves its stack is left behind.
        type: such as `AWS::EMR::Cluster`.
        name: its physical id.
        logical_id: its name in the template.
        because: the properties whose change asks for it, sorted; empty for what goes.
        is_certain: whether a replacement is sure: CloudFormation may not know a value before it deploys.
    """

    stack: str
    effect: Effect
    type: str
    name: str
    logical_id: str
    because: tuple[str, ...] = ()
    is_certain: bool = True

    def __str__(self) -> str:
        name = self.name.rpartition("/")[2] if self.name.startswith("arn:") else self.name
        what = f"{self.type.removeprefix('AWS::').replace('::', ' ')} {name}"
        verb = self.effect if self.is_certain else f"may {self.effect.removesuffix('s')}"
        return f"{self.stack} {verb} {what}" + (f" (for its {', '.join(self.because)})" if self.because else "")


# What is only a rule, a link or a setting: its replacement or deletion takes nothing away that a person would miss.
_UNREMARKABLE = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::Events::Rule",
        "AWS::SSM::Parameter",
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "AWS::SNS::TopicPolicy",
    }
)


def consequences(planned: Iterable[StackChanges]) -> tuple[Consequence, ...]:
    """What is stopped, replaced, deleted or left behind, the worst first.

    Args:
        planned: the changes of each stack; a new stack touches nothing that exists.
    """
    found = [each for stack in planned for change in stack.changes for each in _consequence(stack.path, change)]
    order = list(Effect)
    return tuple(sorted(found, key=lambda each: (order.index(each.effect), each.stack, each.logical_id)))


def _consequence(stack: str, change: Mapping[str, Any]) -> Iterator[Consequence]:
    type_name = change["ResourceType"]
    if type_name in _UNREMARKABLE:
        return
    about = {
        "stack": stack,
        "type": type_name,
        "name": change.get("PhysicalResourceId") or change["LogicalResourceId"],
        "logical_id": change["LogicalResourceId"],
    }
    if change["Action"] == "Remove":
        retained = str(change.get("PolicyAction", "")) == "Retain"
        yield Consequence(effect=Effect.LEAVES if retained else Effect.DELETES, **about)
    elif change["Action"] == "Modify":
        paths = _changed_paths(change)
        if change.get("Replacement") in {"True", "Conditional"}:
            rules = resource_rules(type_name)
            yield Consequence(
                effect=Effect.REPLACES,
                because=tuple(sorted(path for path in paths if path in rules.replacing(paths))) or tuple(sorted(paths)),
                is_certain=change["Replacement"] == "True",
                **about,
            )
        else:
            stopping = resource_rules(type_name).interrupting(paths)
            if stopping:
                yield Consequence(effect=Effect.STOPS, because=tuple(sorted(stopping)), **about)


def _changed_paths(change: Mapping[str, Any]) -> frozenset[str]:
    """The properties that differ, `/` between names; the whole path where CloudFormation gives it."""
    targets = [
        detail["Target"] for detail in change.get("Details", ()) if detail["Target"]["Attribute"] == "Properties"
    ]
    return frozenset(
        str(target.get("Path", "")).removeprefix("/Properties/") or str(target.get("Name", "")) for target in targets
    )
