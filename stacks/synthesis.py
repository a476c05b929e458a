"""Synthesize the app: only what has changed since an earlier synthesis, in as many processes as there are cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.assembly_cache import (
    AssemblyCache,
    Inputs,
    StackOutsideStageError,
    Store,
    Unit,
    parse_units,
    select_units,
    split_evenly,
)
from mlproject.cdk_cli import VALIDATION
from mlproject.parameters import Finding, Platform

# Folder of the cache, below the checkout; the variable names another one.
CACHE = Path(".mlproject", "assemblies")
CACHE_VARIABLE = "MLPROJECT_ASSEMBLIES"
# The start of aws-cdk-lib takes as long as the synthesis of some 10 units (benchmarks/results/synth.json).
_UNITS_PER_PROCESS = 10


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """A synthesis of the app of a checkout.

    Args:
        root: the checkout.
        out: output folder.
        platform: parameters of all environments and projects.
        moved: errors of networks that differ from the deployed ones, by environment.
        context: context passed by the CDK CLI. `project` and `environment` select units, `units` names them, and
            with `fresh` nothing of an earlier synthesis is used.
    """

    root: Path
    out: Path
    platform: Platform
    moved: Mapping[str, Finding]
    context: Mapping[str, Any]

    def run(self) -> int:
        """Write the cloud assembly, and return the exit code.

        Raises:
            UserError: a project or environment does not exist, or the definition of a pipeline is invalid.
        """
        named = self.context.get("units")
        if named:
            return self._synthesize(parse_units(named))
        units = select_units(
            self.platform, project=self.context.get("project"), environment=self.context.get("environment")
        )
        # Nothing is selected if the project does not list the environment.
        if self.context.get("fresh") or not units:
            return self._synthesize(units)
        return self._synthesize_changed(units)

    def _synthesize(self, units: Sequence[Unit]) -> int:
        """Synthesize units in this process, into the output folder."""
        from stacks.application import add_stages, create_app

        app = create_app(self.root, outdir=str(self.out))
        add_stages(app, self.platform, pipelines=self.root / "pipelines", moved=self.moved, units=units)
        app.synth()
        return 0

    def _synthesize_changed(self, units: Sequence[Unit]) -> int:
        """Synthesize the units that the cache lacks, and join all of them."""
        inputs = Inputs(
            root=self.root,
            stacks=Path(__file__).parent,
            platform=self.platform,
            moved=self.moved,
            context=self.context,
        )
        cache = AssemblyCache(
            store=Store(folder=Path(os.environ.get(CACHE_VARIABLE, self.root / CACHE))),
            frame_key=inputs.common_key,
            keys={unit: inputs.key(unit) for unit in units},
            validated=os.environ.get(VALIDATION) != "false",
        )
        missing = cache.missing_units()
        if missing:
            with tempfile.TemporaryDirectory(prefix="mlproject-assembly-") as folder:
                groups = split_evenly(missing, _process_count(len(missing)))
                folders = {Path(folder, str(number)): group for number, group in enumerate(groups)}
                code = self._run_processes(folders)
                if code:
                    return code
                try:
                    for assembly in folders:
                        cache.add(assembly)
                except StackOutsideStageError:
                    return self._synthesize(units)
        cache.join(self.out)
        return 0

    def _run_processes(self, groups: Mapping[Path, Sequence[Unit]]) -> int:
        """Synthesize each group of units into a folder, in a process of its own, and return the exit code."""
        processes = [
            start_process(self.root, context={**self.context, "units": ",".join(map(str, units))}, out=folder)
            for folder, units in groups.items()
        ]
        codes = [process.wait() for process in processes]
        return next((code for code in codes if code), 0)


def start_process(root: Path, *, context: Mapping[str, Any], out: Path) -> subprocess.Popen[bytes]:
    """Start the app of a checkout, as the CDK CLI does."""
    variables = {**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)}
    return subprocess.Popen([sys.executable, root / "app.py"], env=variables)


def _process_count(units: int) -> int:
    """Return the number of processes that synthesize units in the shortest time."""
    return max(1, min(os.cpu_count() or 1, units // _UNITS_PER_PROCESS))


def read_context() -> dict[str, Any]:
    """Return the context that the CDK CLI passes to the app."""
    context: dict[str, Any] = json.loads(os.environ.get("CDK_CONTEXT_JSON") or "{}")
    overflow = os.environ.get("CONTEXT_OVERFLOW_LOCATION")
    if overflow:
        context |= json.loads(Path(overflow).read_text(encoding="utf-8"))
    return context
