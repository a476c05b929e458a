"""Units of a cloud assembly: what is synthesized, cached and reused as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlproject.parameters import Platform

IDENTITY = "identity"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A project in an environment, the network of an environment, or the stacks of identity.

    Args:
        stage: name of an environment, or `identity`.
        project: None for a network, and for identity.
    """

    stage: str
    project: str | None = None

    def __str__(self) -> str:
        return self.stage if self.project is None else f"{self.stage}/{self.project}"


def select_units(platform: Platform, *, project: str | None = None, environment: str | None = None) -> tuple[Unit, ...]:
    """Return the units of all environments and projects, or only the selected ones, in the order of the assembly.

    The stage `identity` is included if nothing is selected: a deployment of a project does not include it.

    Args:
        platform: parameters of all environments and projects.
        project: only this project, with the networks of its environments.
        environment: only this environment.

    Raises:
        UserError: the project or environment does not exist.
    """
    deployments = platform.deployments(project=project, environment=environment)
    units = []
    for name in platform.environments:
        projects = [each.project for each in deployments if each.environment.name == name]
        if projects or (project is None and environment in (None, name)):
            units += [Unit(stage=name), *(Unit(stage=name, project=each) for each in projects)]
    if platform.gitlab and project is None and environment is None:
        units.append(Unit(stage=IDENTITY))
    return tuple(units)


def parse_units(names: str) -> tuple[Unit, ...]:
    """Return the units whose names are separated by commas, such as `dev,dev/flights`."""
    parts = [name.partition("/") for name in names.split(",")]
    return tuple(Unit(stage=stage, project=project or None) for stage, _, project in parts)


def split_evenly(units: Sequence[Unit], count: int) -> list[Sequence[Unit]]:
    """Split units into `count` groups of neighbours, which share the start of a stage."""
    bounds = [len(units) * number // count for number in range(count + 1)]
    return [units[start:end] for start, end in pairwise(bounds)]
