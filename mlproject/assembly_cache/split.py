"""Take a synthesized cloud assembly apart."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.assembly_cache.parts import MANIFEST, REPORT, VERSION_FILE, Frame, Part
from mlproject.assembly_cache.units import Unit

_NESTED = "cdk:cloud-assembly"
_STACK = "aws:cloudformation:stack"
_LISTS = ("violations", "suppressedViolations")


class StackOutsideStageError(Exception):
    """A stack belongs to no stage, and so to no unit."""


def split_assembly(folder: Path) -> tuple[Frame, dict[Unit, Part]]:
    """Return the frame of a cloud assembly, and the part of each of its units.

    Args:
        folder: the output folder of a successful synthesis.

    Raises:
        StackOutsideStageError: the assembly cannot be taken apart.
    """
    manifest = _read(folder / MANIFEST)
    if any(artifact["type"] == _STACK for artifact in manifest["artifacts"].values()):
        raise StackOutsideStageError
    report = _read(folder / REPORT) if (folder / REPORT).exists() else None
    parts: dict[Unit, Part] = {}
    stage_manifest: dict[str, Any] = {}
    for artifact in manifest["artifacts"].values():
        if artifact["type"] == _NESTED:
            name = artifact["properties"]["directoryName"]
            stage_manifest = _read(folder / name / MANIFEST)
            stage = artifact["properties"]["displayName"]
            parts |= _parts(folder, name, stage, stage_manifest["artifacts"], report or {})
    frame = Frame(
        manifest={
            **manifest,
            "artifacts": {key: each for key, each in manifest["artifacts"].items() if each["type"] != _NESTED},
        },
        stage_manifest={**stage_manifest, "artifacts": _without_stacks(stage_manifest["artifacts"])},
        report=report and {**report, "pluginReports": [_without_violations(each) for each in report["pluginReports"]]},
        files={VERSION_FILE: _hash(folder / VERSION_FILE)},
    )
    return frame, parts


def _parts(
    folder: Path, directory: str, stage: str, artifacts: Mapping[str, Any], report: Mapping[str, Any]
) -> dict[Unit, Part]:
    """Return the parts of a stage. A stage without stacks still has a unit of its own."""
    stacks: dict[Unit, list[str]] = {Unit(stage=stage): []}
    for key, artifact in artifacts.items():
        if artifact["type"] == _STACK:
            stacks.setdefault(_unit(artifact["displayName"]), []).append(key)
    return {
        unit: Part(
            artifacts={key: each for key, each in artifacts.items() if key.removesuffix(".assets") in keys},
            files={
                path: _hash(folder / path) for key in keys for path in _stack_files(folder, directory, artifacts, key)
            },
            violations=_violations(report, {artifacts[key]["displayName"] for key in keys}),
        )
        for unit, keys in stacks.items()
    }


def _unit(path: str) -> Unit:
    """Return the unit of a stack such as `dev/network`, `dev/flights/storage` or `identity/111111111111`."""
    stage, *rest = path.split("/")
    return Unit(stage=stage, project=rest[0] if len(rest) > 1 else None)


def _stack_files(folder: Path, directory: str, artifacts: Mapping[str, Any], key: str) -> Iterator[str]:
    """Yield the paths of a stack's files: its template, its metadata, and the files of its assets."""
    artifact = artifacts[key]
    names = [artifact["properties"]["templateFile"], artifact.get("additionalMetadataFile")]
    assets = artifacts.get(f"{key}.assets")
    if assets:
        name = assets["properties"]["file"]
        files = _read(folder / directory / name)["files"].values()
        names += [name, *(file["source"]["path"] for file in files)]
    for each in filter(None, names):
        path = folder / posixpath.normpath(f"{directory}/{each}")
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file.relative_to(folder).as_posix() for file in found if file.is_file())


def _without_stacks(artifacts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the artifacts that belong to no stack, such as the report of feature flags."""
    stacks = {key for key, artifact in artifacts.items() if artifact["type"] == _STACK}
    return {key: each for key, each in artifacts.items() if key.removesuffix(".assets") not in stacks}


def _violations(report: Mapping[str, Any], stacks: set[str]) -> list[dict[str, list[Any]]]:
    """Return the violations in these stacks, for each validator."""
    return [
        {name: [each for each in plugin.get(name, ()) if _is_in(each, stacks)] for name in _LISTS}
        for plugin in report.get("pluginReports", ())
    ]


def _is_in(violation: Mapping[str, Any], stacks: set[str]) -> bool:
    path = violation["violatingConstructs"][0]["constructPath"]
    return any(path.startswith(f"{stack}/") for stack in stacks)


def _without_violations(plugin: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [] if key in _LISTS else value for key, value in plugin.items()}


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
