"""What the pages about the stacks show, from the synthesized templates of the example in `example/`.

Synthesis takes seconds, so its result is committed: `python -m docs_site.reference.stack_facts` writes `stacks.json`,
as `make snapshots` does, and a test compares.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from mlproject.architecture import Architecture, StackTemplate
from mlproject.costs import CostLine

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).parent / "example"
PROJECT, ENVIRONMENT = "flights", "prod"
_FACTS = Path(__file__).parent / "stacks.json"
_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a stack.

    Args:
        id: logical ID without the hash that the CDK appends.
        type: resource type, such as `AWS::S3::Bucket`.
        retained: whether it stays when it is removed or replaced.
        replaced_by: those of its properties whose change always replaces it.
    """

    id: str
    type: str
    retained: bool
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a role's policy, with what requires it."""

    sid: str
    actions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role with its permissions, named as in AWS, or by its logical ID."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A line of `mlproject cost`, with the USD per month, or per hour while something runs; None if unknown."""

    what: str
    per: str
    usd: Decimal | None
    date: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack of the example."""

    resources: tuple[Resource, ...]
    roles: tuple[Role, ...]
    costs: tuple[Cost, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The stacks of the example by their kind, such as `network`, and the architecture of all of them."""

    stacks: Mapping[str, Stack]
    architecture: Architecture


@cache
def read_facts() -> Facts:
    """Return the committed facts."""
    return TypeAdapter(Facts).validate_json(_FACTS.read_bytes())


def render_facts(facts: Facts) -> str:
    """Return the text of `stacks.json`."""
    return json.dumps(asdict(facts), indent=1, default=str) + "\n"


def collect_facts() -> Facts:
    """Synthesize the example and return its facts."""
    # jsii starts the first `node` on PATH.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    from mlproject.architecture import build_architecture, read_assembly
    from mlproject.costs import idle_costs, network_costs
    from mlproject.parameters import load_parameters
    from stacks.application import add_stages, create_app

    platform = load_parameters(EXAMPLE)
    deployment = platform.deployment(PROJECT, ENVIRONMENT)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(ROOT, outdir=folder)
        add_stages(app, platform, pipelines=ROOT / "pipelines")
        app.synth()
        names = (ENVIRONMENT, deployment.names.path)
        templates = read_assembly(Path(folder), names, remedy="make snapshots")
        (identity,) = (
            each
            for each in read_assembly(Path(folder), ("identity",), remedy="make snapshots")
            if each.account == deployment.environment.account
        )
        reasons = _reasons(app)
    deployments = platform.deployments(environment=ENVIRONMENT)
    lines = (*network_costs(deployment.environment, deployments), *idle_costs(deployment))
    by_kind = {**{each.short_name: each for each in templates}, "identity": identity}
    return Facts(
        stacks={
            kind: Stack(
                resources=tuple(_resources(each)),
                roles=tuple(_roles(each, reasons)),
                costs=tuple(_cost(line) for line in lines if line.stack == each.name),
            )
            for kind, each in by_kind.items()
        },
        architecture=build_architecture(templates),
    )


def _resources(stack: StackTemplate) -> Iterator[Resource]:
    from embedded_aws.resource_rules import resource_rules
    from mlproject.architecture import strip_hash

    for logical_id, resource in stack.template["Resources"].items():
        rules = resource_rules(resource["Type"])
        given = resource.get("Properties", {})
        yield Resource(
            id=strip_hash(logical_id),
            type=resource["Type"],
            retained=resource.get("DeletionPolicy") in _RETAINED,
            replaced_by=tuple(sorted(name for name in given if rules.recreation(name) == "Always")),
        )


def _reasons(app: Any) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return the reason of each statement, by the name of the stack and the logical ID of the role."""
    import aws_cdk as cdk

    from stacks.constructs.service_role import ServiceRole
    from stacks.identity.roles import CiRole
    from stacks.pipeline.promotion_role import PromotionRole

    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for construct in app.node.find_all():
        if isinstance(construct, ServiceRole | CiRole | PromotionRole):
            stack = cdk.Stack.of(construct)
            role = cast(cdk.CfnElement, construct.node.find_child("Role"))
            logical_id = str(stack.resolve(role.logical_id))
            found[stack.stack_name, logical_id] = {each.sid: each.reason for each in construct.grants}
    return found


def _roles(stack: StackTemplate, reasons: Mapping[tuple[str, str], Mapping[str, str]]) -> Iterator[Role]:
    from mlproject.architecture import strip_hash

    for logical_id, resource in stack.template["Resources"].items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        properties = resource["Properties"]
        own = reasons[stack.stack_name, logical_id]
        yield Role(
            name=properties.get("RoleName", strip_hash(logical_id)),
            statements=tuple(
                Statement(sid=each["Sid"], actions=tuple(_listed(each["Action"])), reason=own[each["Sid"]])
                for policy in properties["Policies"]
                for each in policy["PolicyDocument"]["Statement"]
            ),
        )


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _cost(line: CostLine) -> Cost:
    usd = None if line.usd is None else round(line.usd, 4)
    return Cost(what=line.what, per=line.per, usd=usd, date=line.price.date if line.price else "")


if __name__ == "__main__":
    _FACTS.write_text(render_facts(collect_facts()))
