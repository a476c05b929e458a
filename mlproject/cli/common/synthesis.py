"""Synthesize the affected projects of a change, and the same ones as they were before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError
from mlproject.translation import Message

if TYPE_CHECKING:
    from mlproject.affected import Affected
    from mlproject.deployment import SynthesizedStack
    from mlproject.parameters import Platform

# A synthesis keeps about one core busy.
_CONCURRENCY = 2
# Most of a run is the start of the CDK, so one run of everything takes less time than many small ones
# (benchmarks/results/synth.json).
_RUNS_LIMIT = 3


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The context that selects stacks in app.py.

    Args:
        project: the only project; None selects all.
        environment: the only environment; None selects all.
    """

    project: str | None = None
    environment: str | None = None

    @property
    def context(self) -> dict[str, str]:
        """The context values of the CDK app."""
        values = {"project": self.project, "environment": self.environment}
        return {key: value for key, value in values.items() if value is not None}


def select_affected(affected: Affected, platform: Platform) -> tuple[Selection, ...]:
    """Return the fewest runs of the app that synthesize all affected stacks.

    Args:
        affected: what a change affects.
        platform: the parameters of the version to synthesize, which may lack some of it.
    """
    projects = {name: environments for name, environments in affected.projects.items() if name in platform.projects}
    if len(projects) > 1 and len(projects) == len(platform.projects):
        return (Selection(),)
    listed = {name: {each.environment.name for each in platform.projects[name]} for name in projects}
    selected = {name: [each for each in projects[name] if each in listed[name]] for name in projects}
    runs = [
        Selection(project=name, environment=environments[0] if len(environments) == 1 else None)
        for name, environments in selected.items()
        if environments
    ]
    covered = {environment for environments in selected.values() for environment in environments}
    missing = [each for each in affected.networks if each in platform.environments and each not in covered]
    runs += [Selection(environment=environment) for environment in missing]
    return tuple(runs) if len(runs) <= _RUNS_LIMIT else (Selection(),)


def synthesize(
    root: Path, folder: Path, selections: Iterable[Selection], *, validate: bool = True
) -> dict[str, SynthesizedStack]:
    """Run the app of a checkout once for each selection and return the stacks by path.

    Args:
        root: the checkout.
        folder: an empty folder, which receives the cloud assemblies.
        selections: what to synthesize.
        validate: whether aws-cdk-lib checks the templates against CloudFormation's rules.

    Raises:
        UserError: the app failed. It has printed the reason.
    """
    from mlproject.cli.common.cdk import CdkCli
    from mlproject.deployment import read_stacks

    cdk = CdkCli(root=root, variables={}, isolated=True)
    outputs = {folder / str(number): selection for number, selection in enumerate(selections)}
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        runs = [
            pool.submit(cdk.synthesize, output, validate=validate, **selection.context)
            for output, selection in outputs.items()
        ]
        for run in runs:
            run.result()
    return {stack.path: stack for output in outputs for stack in read_stacks(output)}


def synthesize_commit(
    root: Path, commit: str, folder: Path, selections: Iterable[Selection]
) -> Mapping[str, SynthesizedStack]:
    """Synthesize with the app of an earlier commit and the installed packages, without checking its templates.

    Raises:
        UserError: the app of the commit failed.
    """
    from mlproject.git import export_commit

    checkout = folder / "checkout"
    export_commit(root, commit, checkout)
    for installed in (".venv", "node_modules"):
        if (root / installed).exists() and not (checkout / installed).exists():
            (checkout / installed).symlink_to((root / installed).resolve(), target_is_directory=True)
    try:
        return synthesize(checkout, folder / "assemblies", selections, validate=False)
    except UserError as error:
        raise UserError(
            Message(
                "The merge base {commit} cannot be synthesized with the installed packages; see the output "
                "above. Compare with the deployed stacks instead: use credentials that may read them.",
                commit=commit[:12],
            ),
            exit_code=1,
            topic="synthesis-failed",
        ) from error
    finally:
        shutil.rmtree(checkout, ignore_errors=True)
