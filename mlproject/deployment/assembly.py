"""The stacks of a cloud assembly with what CloudFormation needs to deploy them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A stack that was synthesized.

    Args:
        path: as people type it, such as `dev/flights/storage`.
        name: in AWS, such as `flights-dev-storage`.
        template: the text of its template.
        template_object: where the CDK CLI uploads the template, such as `s3://bucket/hash.json`.
        tags: of the stack.
        refusal: why the CDK CLI refuses to deploy it, if it does: an error that the app found.
    """

    path: str
    name: str
    template: str
    template_object: str
    tags: Mapping[str, str]
    refusal: str | None = None


def synthesized_stacks(assembly: Path) -> tuple[SynthesizedStack, ...]:
    """All stacks of a cloud assembly, those of its stages among them.

    Args:
        assembly: the folder that `cdk synth` wrote.
    """
    return tuple(_stacks(assembly))


def _stacks(folder: Path) -> Iterator[SynthesizedStack]:
    for artifact in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"].values():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            yield SynthesizedStack(
                path=artifact["displayName"],
                name=properties["stackName"],
                template=(folder / properties["templateFile"]).read_text(encoding="utf-8"),
                template_object=properties["stackTemplateAssetObjectUrl"],
                tags=properties.get("tags", {}),
                refusal=_refusal(folder / artifact["additionalMetadataFile"])
                if "additionalMetadataFile" in artifact
                else None,
            )


def _refusal(metadata: Path) -> str | None:
    found = json.loads(metadata.read_text(encoding="utf-8"))
    errors = [str(entry["data"]) for entries in found.values() for entry in entries if entry["type"] == "aws:cdk:error"]
    return " ".join(errors) or None
