"""Read the stacks of a cloud assembly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A synthesized stack.

    Args:
        path: path of the stack in the app, such as `dev/flights/storage`.
        name: name of the stack in AWS, such as `flights-dev-storage`.
        template: text of the template.
        template_object: S3 URI to which the CDK CLI uploads the template, such as `s3://bucket/hash.json`. None for
            an identity stack, which is deployed before there is a bucket.
        tags: tags of the stack.
        is_protected: whether the deployment turns termination protection on.
        refusal: errors reported by the app, because of which the CDK CLI does not deploy the stack.
    """

    path: str
    name: str
    template: str
    template_object: str | None
    tags: Mapping[str, str]
    is_protected: bool = False
    refusal: str | None = None


def read_stacks(assembly: Path) -> tuple[SynthesizedStack, ...]:
    """Read all stacks of a cloud assembly, including those of its stages.

    Args:
        assembly: output folder of `cdk synth`.
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
                template_object=properties.get("stackTemplateAssetObjectUrl"),
                tags=properties.get("tags", {}),
                is_protected=properties.get("terminationProtection", False),
                refusal=_refusal(folder / artifact["additionalMetadataFile"])
                if "additionalMetadataFile" in artifact
                else None,
            )


def _refusal(metadata: Path) -> str | None:
    found = json.loads(metadata.read_text(encoding="utf-8"))
    errors = [str(entry["data"]) for entries in found.values() for entry in entries if entry["type"] == "aws:cdk:error"]
    return " ".join(errors) or None
