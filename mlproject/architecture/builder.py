"""Build an architecture from templates: its nodes, their names and marks, and the links between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mlproject.architecture.assembly import StackTemplate
from mlproject.architecture.drawn_types import DRAWN_TYPES, DrawnType, shorten_name, strip_hash
from mlproject.architecture.links import find_links, find_values
from mlproject.architecture.model import KEY, NETWORK, Architecture, ResourceNode, StackContent
from mlproject.architecture.references import ExternalResource, Key, References
from mlproject.drawing import Link
from mlproject.translation import Message, joined

# Resource types through which a resource refers to its key.
_INDIRECT_TYPES = frozenset(
    {"AWS::EMR::SecurityConfiguration", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Model"}
)
# Properties with the subnets of a resource, or of a pipeline's jobs.
_SUBNETS = frozenset({"Ec2SubnetId", "Ec2SubnetIds", "SubnetId", "SubnetIds", "Subnets"})
# The bucket that `cdk bootstrap` creates.
_ASSETS = re.compile(r"cdk-[a-z0-9]+-assets-.*")
# External resources that are drawn, by service: label, and prefix of the name in an ARN.
_EXTERNAL_TYPES: Mapping[str, tuple[str, str]] = {
    "s3": (Message("S3 bucket"), ""),
    "ecr": (Message("container image"), "repository/"),
    "glue": (Message("Glue database"), "database/"),
    "athena": (Message("Athena workgroup"), "workgroup/"),
}
# Only images are drawn together.
_IMAGES = Message("container images")


def build_architecture(stacks: Sequence[StackTemplate]) -> Architecture:
    """Return the architecture of these stacks. The result depends on the templates only."""
    references = References(stacks)
    drawn: dict[Key, str] = {}
    contents = tuple(_content(stack, references, drawn) for stack in stacks)
    candidates = [link for link in find_links(references, drawn.__contains__) if drawn.get(link[0])]
    outside, node_ids = _outside({target for _, target, _ in candidates if isinstance(target, ExternalResource)})
    links = {
        Link(source=drawn[source], target=to, label=verb)
        for source, target, verb in candidates
        for to in [node_ids.get(target) if isinstance(target, ExternalResource) else drawn[target]]
        if to is not None and to != drawn[source]
    }
    ends = Counter(end for link in links if _crosses_stacks(link) for end in (link.source, link.target))
    return Architecture(
        stacks=tuple(replace(content, nodes=_sort_by_links(content.nodes, ends)) for content in contents),
        outside=outside,
        links=tuple(sorted(links)),
    )


def _crosses_stacks(link: Link) -> bool:
    return link.source.rsplit("/", maxsplit=1)[0] != link.target.rsplit("/", maxsplit=1)[0]


def _sort_by_links(nodes: Iterable[ResourceNode], ends: Mapping[str, int]) -> tuple[ResourceNode, ...]:
    """Return the nodes of each type sorted by their number of links to other stacks, descending."""
    order = {node.type: number for number, node in reversed(list(enumerate(nodes)))}
    return tuple(sorted(nodes, key=lambda node: (order[node.type], -ends[node.id])))


def _content(stack: StackTemplate, references: References, drawn: dict[Key, str]) -> StackContent:
    """Return a stack's content, and add the node ID of each drawn resource to `drawn`."""
    types = Counter(str(resource["Type"]) for resource in stack.template.get("Resources", {}).values())
    nodes: list[ResourceNode] = []
    for type_name, kind in DRAWN_TYPES.items():
        keys = [
            Key(stack.name, logical_id)
            for logical_id, resource in stack.template.get("Resources", {}).items()
            if resource["Type"] == type_name
        ]
        for members in [keys] if kind.group and len(keys) > 1 else [[key] for key in keys]:
            node = _build_node(kind, members, stack, references)
            nodes.append(node)
            drawn.update(dict.fromkeys(members, node.id))
    others = {type_name: number for type_name, number in types.items() if type_name not in DRAWN_TYPES}
    return StackContent(
        name=stack.name,
        stack_name=stack.stack_name,
        nodes=tuple(nodes),
        types=_sort_by_count(types),
        others=_sort_by_count(others),
    )


def _sort_by_count(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts in descending order."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _build_node(kind: DrawnType, keys: Sequence[Key], stack: StackTemplate, references: References) -> ResourceNode:
    names = [
        shorten_name(
            kind.name(references, key) or strip_hash(key.logical_id),
            prefix=stack.prefix,
            account=stack.account,
            region=stack.region,
        )
        for key in keys
    ]
    marks = {mark for key in keys for mark in _marks(references, key)}
    heading, plural = kind.group if kind.group and len(keys) > 1 else ("", "")
    return ResourceNode(
        id=f"{stack.name}/{keys[0].logical_id}",
        type=heading or kind.label,
        name=joined(" ", (str(len(keys)), plural)) if heading else names[0],
        detail=", ".join(names) if heading else kind.detail(references, keys[0]) or "",
        marks=tuple(sorted(marks)),
        resources=tuple(key.logical_id for key in keys),
    )


def _marks(references: References, key: Key) -> Iterator[str]:
    """Yield KEY if a resource uses a key of these stacks, and NETWORK if it is in subnets."""
    if references.type_of(key) in ("AWS::KMS::Key", "AWS::EC2::VPC"):
        return
    if any(references.type_of(other) == "AWS::KMS::Key" for other in _referenced(references, key)):
        yield KEY
    if any(find_values(references.properties(key), _SUBNETS)):
        yield NETWORK


def _referenced(references: References, key: Key) -> Iterator[Key]:
    for other in set(references.find_references(key.stack, references.properties(key))):
        if isinstance(other, Key):
            yield other
            if references.type_of(other) in _INDIRECT_TYPES:
                yield from _referenced(references, other)


def _outside(targets: Iterable[ExternalResource]) -> tuple[tuple[ResourceNode, ...], dict[ExternalResource, str]]:
    """Return the nodes of external resources, with all images in one, and the node ID of each target."""
    node_ids: dict[ExternalResource, str] = {}
    grouped: dict[tuple[str, str], list[str]] = {}
    for target in sorted(targets):
        label, prefix = _EXTERNAL_TYPES.get(target.service, ("", ""))
        if not label or not target.name.startswith(prefix):
            continue
        name = target.name.removeprefix(prefix)
        if target.service == "s3" and _ASSETS.fullmatch(name):
            name = "CDK assets"
        group = "images" if target.service == "ecr" else name
        grouped.setdefault((label, f"outside/{target.service}/{group}"), []).append(name)
        node_ids[target] = f"outside/{target.service}/{group}"
    nodes = tuple(
        ResourceNode(
            id=id_,
            type=label,
            name=joined(" ", (str(len(names)), _IMAGES)) if len(names) > 1 else names[0],
            detail=", ".join(names) if len(names) > 1 else "",
        )
        for (label, id_), names in grouped.items()
    )
    return nodes, node_ids
