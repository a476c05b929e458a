"""From templates to an architecture: which resources are drawn, what they are called, who acts on what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mlproject.architecture.assembly import StackTemplate
from mlproject.architecture.kinds import KINDS, Kind, clean, short
from mlproject.architecture.links import found_links, values_of
from mlproject.architecture.model import KEY, NETWORK, Architecture, StackContent, Thing
from mlproject.architecture.references import Foreign, Key, References
from mlproject.drawing import Link

# What stands between a resource and the key that it uses.
_BETWEEN = frozenset({"AWS::EMR::SecurityConfiguration", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Model"})
# Where a resource says in which subnets it stands; a pipeline says it of its jobs.
_SUBNETS = frozenset({"Ec2SubnetId", "Ec2SubnetIds", "SubnetId", "SubnetIds", "Subnets"})
# The CDK's own bucket; it is made by `cdk bootstrap`.
_ASSETS = re.compile(r"cdk-[a-z0-9]+-assets-.*")
# What exists already and is drawn, by service: in words, and what stands before its name in an ARN.
_FOREIGN: Mapping[str, tuple[str, str]] = {
    "s3": ("S3 bucket", ""),
    "ecr": ("container image", "repository/"),
    "glue": ("Glue database", "database/"),
    "athena": ("Athena workgroup", "workgroup/"),
}


def architecture_of(stacks: Sequence[StackTemplate]) -> Architecture:
    """What these stacks consist of. Pure: the same templates give the same architecture."""
    references = References(stacks)
    drawn: dict[Key, str] = {}
    contents = tuple(_content(stack, references, drawn) for stack in stacks)
    found = [link for link in found_links(references, drawn.__contains__) if drawn.get(link[0])]
    outside, standing_for = _outside({target for _, target, _ in found if isinstance(target, Foreign)})
    links = {
        Link(source=drawn[source], target=to, label=verb)
        for source, target, verb in found
        for to in [standing_for.get(target) if isinstance(target, Foreign) else drawn[target]]
        if to is not None and to != drawn[source]
    }
    ends = Counter(end for link in links if _leaves_its_stack(link) for end in (link.source, link.target))
    return Architecture(
        stacks=tuple(replace(content, things=_busiest_first(content.things, ends)) for content in contents),
        outside=outside,
        links=tuple(sorted(links)),
    )


def _leaves_its_stack(link: Link) -> bool:
    return link.source.rsplit("/", maxsplit=1)[0] != link.target.rsplit("/", maxsplit=1)[0]


def _busiest_first(things: Iterable[Thing], ends: Mapping[str, int]) -> tuple[Thing, ...]:
    """Within a type, what other stacks have most to do with comes first."""
    order = {thing.type: number for number, thing in reversed(list(enumerate(things)))}
    return tuple(sorted(things, key=lambda thing: (order[thing.type], -ends[thing.id])))


def _content(stack: StackTemplate, references: References, drawn: dict[Key, str]) -> StackContent:
    """A stack's content; `drawn` gets the id of the thing that stands for each drawn resource."""
    types = Counter(str(resource["Type"]) for resource in stack.template.get("Resources", {}).values())
    things: list[Thing] = []
    for type_name, kind in KINDS.items():
        keys = [
            Key(stack.name, logical_id)
            for logical_id, resource in stack.template.get("Resources", {}).items()
            if resource["Type"] == type_name
        ]
        for members in [keys] if kind.together and len(keys) > 1 else [[key] for key in keys]:
            thing = _thing(kind, members, stack, references)
            things.append(thing)
            drawn.update(dict.fromkeys(members, thing.id))
    others = {type_name: number for type_name, number in types.items() if type_name not in KINDS}
    return StackContent(name=stack.name, things=tuple(things), types=_sorted(types), others=_sorted(others))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _thing(kind: Kind, keys: Sequence[Key], stack: StackTemplate, references: References) -> Thing:
    names = [
        short(
            kind.name(references, key) or clean(key.logical_id),
            prefix=stack.prefix,
            account=stack.account,
            region=stack.region,
        )
        for key in keys
    ]
    marks = {mark for key in keys for mark in _marks(references, key)}
    several, plural = kind.together if kind.together and len(keys) > 1 else ("", "")
    return Thing(
        id=f"{stack.name}/{keys[0].logical_id}",
        type=several or kind.words,
        name=f"{len(keys)} {plural}" if several else names[0],
        detail=", ".join(names) if several else kind.detail(references, keys[0]) or "",
        marks=tuple(sorted(marks)),
        resources=tuple(key.logical_id for key in keys),
    )


def _marks(references: References, key: Key) -> Iterator[str]:
    """Whether a resource uses a key of these stacks, and stands in their subnets."""
    if references.type_of(key) in ("AWS::KMS::Key", "AWS::EC2::VPC"):
        return
    if any(references.type_of(other) == "AWS::KMS::Key" for other in _reached(references, key)):
        yield KEY
    if any(values_of(references.properties(key), _SUBNETS)):
        yield NETWORK


def _reached(references: References, key: Key) -> Iterator[Key]:
    for other in set(references.mentioned(key.stack, references.properties(key))):
        if isinstance(other, Key):
            yield other
            if references.type_of(other) in _BETWEEN:
                yield from _reached(references, other)


def _outside(targets: Iterable[Foreign]) -> tuple[tuple[Thing, ...], dict[Foreign, str]]:
    """What exists already and is drawn, images as one; and which thing stands for which target."""
    standing_for: dict[Foreign, str] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for target in sorted(targets):
        words, before = _FOREIGN.get(target.service, ("", ""))
        if not words or not target.name.startswith(before):
            continue
        name = target.name.removeprefix(before)
        if target.service == "s3" and _ASSETS.fullmatch(name):
            name = "CDK assets"
        together = "images" if target.service == "ecr" else name
        named.setdefault((words, f"outside/{target.service}/{together}"), []).append(name)
        standing_for[target] = f"outside/{target.service}/{together}"
    things = tuple(
        Thing(
            id=id_,
            type=words,
            name=f"{len(names)} {words}s" if len(names) > 1 else names[0],
            detail=", ".join(names) if len(names) > 1 else "",
        )
        for (words, id_), names in named.items()
    )
    return things, standing_for
