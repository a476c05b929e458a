"""The fixtures of earlier releases, which `python -m tests.upgrades.record` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.deployment import SynthesizedStack

RELEASES = Path(__file__).parent / "releases"
# Where data is retained, and the project has every stack that stores something.
ENVIRONMENT, PROJECT, PIPELINE = "pre", "flights", "flight_delays"
# In the order of their dependencies.
_KINDS = ("network", "storage", "notebooks", "emr", "pipeline", "operations")


@dataclass(frozen=True, kw_only=True)
class Release:
    """The files that users of a release have.

    Args:
        folder: contains them.
    """

    folder: Path

    @property
    def number(self) -> str:
        return self.folder.name

    @property
    def parameters(self) -> Path:
        """environments.yaml, projects/ and pipelines/ as a team committed them."""
        return self.folder / "parameters"

    @property
    def stacks(self) -> tuple[SynthesizedStack, ...]:
        """The stacks of ENVIRONMENT, in the order of their dependencies."""
        found = [_read_stack(path) for path in sorted((self.folder / "stacks").glob("*.json"))]
        return ordered(found)

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """The keys of project.yaml and environments.yaml, by the name of the file."""
        content = json.loads((self.folder / "keys.json").read_text())
        return {name: frozenset(keys) for name, keys in content.items()}


def ordered(stacks: list[SynthesizedStack]) -> tuple[SynthesizedStack, ...]:
    """Return stacks in the order of their dependencies."""
    return tuple(sorted(stacks, key=lambda stack: _KINDS.index(stack.path.rpartition("/")[2])))


def _read_stack(path: Path) -> SynthesizedStack:
    content = json.loads(path.read_text())
    return SynthesizedStack(
        path=content["path"],
        name=content["name"],
        template=json.dumps(content["template"]),
        template_object=None,
        tags=content["tags"],
        is_protected=content["is_protected"],
    )


def recorded_releases() -> list[Release]:
    """Return the releases with fixtures, by number."""
    folders = sorted(RELEASES.iterdir(), key=lambda path: [int(part) for part in path.name.split(".")])
    return [Release(folder=folder) for folder in folders]
