"""Read synthesized templates from a cloud assembly (cdk.out)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class StackTemplate:
    """A synthesized stack.

    Args:
        name: display name, such as `dev/flights/storage`.
        stack_name: the name in AWS, such as `flights-dev-storage`.
        account: twelve digits, or `unknown-account`.
        region: AWS region, such as `eu-west-1`.
        template: the CloudFormation template.
    """

    name: str
    stack_name: str
    account: str
    region: str
    template: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path in the app: `dev/flights`, or `dev` for the stacks that an environment's projects share."""
        return self.name.rpartition("/")[0]

    @property
    def prefix(self) -> str:
        """The prefix of the names in the stack, such as `flights-dev`."""
        return "-".join(reversed(self.path.split("/")))

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return self.name.rsplit("/", maxsplit=1)[-1]


def read_assembly(folder: Path, paths: tuple[str, ...], *, remedy: str) -> tuple[StackTemplate, ...]:
    """Return the stacks below these paths, in the order of deployment.

    Args:
        folder: the cloud assembly, such as `cdk.out`.
        paths: paths such as `dev` and `dev/flights`; the assembly must contain the last one.
        remedy: the command that synthesizes them.

    Raises:
        UserError: the assembly does not exist, cannot be read, or does not contain the last path.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise UserError(
            f"{folder}: contains no synthesized templates; run `{remedy}` first.", topic="templates-missing"
        )
    try:
        stacks = tuple(_stacks(manifest))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder}: cannot be read as a cloud assembly ({error}); run `{remedy}` again.", topic="templates-missing"
        ) from error
    if not any(stack.path == paths[-1] for stack in stacks):
        others = ", ".join(sorted({stack.path for stack in stacks})) or "no stacks"
        raise UserError(
            f"{folder}: does not contain {paths[-1]}, only {others}; run `{remedy}` first.", topic="templates-missing"
        )
    return tuple(stack for path in paths for stack in stacks if stack.path == path)


def _stacks(manifest: Path) -> Iterator[StackTemplate]:
    folder = manifest.parent
    for artifact_id, artifact in json.loads(manifest.read_text(encoding="utf-8"))["artifacts"].items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"] / "manifest.json")
        elif artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            yield StackTemplate(
                name=artifact["displayName"],
                # The CDK omits the name if it is the ID of the artifact.
                stack_name=properties.get("stackName", artifact_id),
                account=account,
                region=region,
                template=json.loads((folder / properties["templateFile"]).read_text(encoding="utf-8")),
            )
