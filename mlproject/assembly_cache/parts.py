"""What a cloud assembly consists of: a frame, and a part for each unit.

The format: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MANIFEST = "manifest.json"
REPORT = "validation-report.json"
VERSION_FILE = "cdk.out"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What an assembly contains besides its units.

    Args:
        manifest: its manifest, without the stages.
        stage_manifest: the manifest of a stage, without its stacks.
        report: the report of the validation, without violations; None if the templates were not validated.
        files: SHA-256 of each further file of the assembly and of every stage, by name.
    """

    manifest: Mapping[str, Any]
    stage_manifest: Mapping[str, Any]
    report: Mapping[str, Any] | None
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Part:
    """The stacks of a unit in an assembly.

    Args:
        artifacts: their artifacts in the manifest of the stage.
        files: SHA-256 of each of their files, by path in the assembly.
        violations: their violations in each report of a validator, by the list that contains them.
    """

    artifacts: Mapping[str, Any]
    files: Mapping[str, str]
    violations: Sequence[Mapping[str, Sequence[Any]]]
