"""Write the cloud assembly that consists of a frame and parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlproject.assembly_cache.parts import MANIFEST, REPORT, Frame, Part
from mlproject.assembly_cache.store import Store
from mlproject.assembly_cache.units import Unit


def join_assembly(folder: Path, frame: Frame, parts: Mapping[Unit, Part], *, store: Store) -> None:
    """Write a cloud assembly, its manifest last.

    Args:
        folder: the output folder of the synthesis.
        frame: what the assembly contains besides its units.
        parts: the units in the order of the assembly.
        store: contains their files.
    """
    stages: dict[str, dict[str, Any]] = {}
    files = dict(frame.files)
    for unit, part in parts.items():
        stages.setdefault(unit.stage, {}).update(part.artifacts)
        files |= part.files
    for stage in stages:
        files |= {f"{_directory(stage)}/{name}": digest for name, digest in frame.files.items()}
    for name, digest in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _write(folder / name, store.read_file(digest))
    for stage, artifacts in stages.items():
        manifest = {**frame.stage_manifest, "artifacts": {**artifacts, **frame.stage_manifest["artifacts"]}}
        _write_json(folder / _directory(stage) / MANIFEST, manifest)
    if frame.report:
        _write_json(folder / REPORT, _report(frame.report, parts))
    assemblies = {
        _directory(stage): {
            "type": "cdk:cloud-assembly",
            "properties": {"directoryName": _directory(stage), "displayName": stage},
        }
        for stage in stages
    }
    _write_json(folder / MANIFEST, {**frame.manifest, "artifacts": {**assemblies, **frame.manifest["artifacts"]}})


def _directory(stage: str) -> str:
    return f"assembly-{stage}"


def _report(frame: Mapping[str, Any], parts: Mapping[Unit, Part]) -> dict[str, Any]:
    """Return the report with the violations of all parts."""
    plugins = [dict(plugin) for plugin in frame["pluginReports"]]
    for number, plugin in enumerate(plugins):
        for name in [key for key, value in plugin.items() if value == []]:
            plugin[name] = [each for part in parts.values() for each in part.violations[number].get(name, ())]
    return {**frame, "pluginReports": plugins}


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON with the layout of aws-cdk-lib."""
    _write(path, json.dumps(content, indent=2, ensure_ascii=False).encode())


def _write(path: Path, content: bytes) -> None:
    """Write a file, unless an earlier synthesis has left the same one.

    To overwrite a file takes far longer than to compare it, since ext4 then writes it to the disk at once
    (https://docs.kernel.org/admin-guide/ext4.html, auto_da_alloc).
    """
    if path.exists():
        if path.read_bytes() == content:
            return
        path.unlink()
    path.write_bytes(content)
