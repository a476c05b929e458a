"""All looks at this machine, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from mlproject.machine import room, tools
from mlproject.outcome import Outcome


def examine(root: Path, *, variables: Mapping[str, str], misleading: Iterable[str]) -> Iterator[Outcome]:
    """Look at what a checkout needs on this machine; nothing is changed.

    Args:
        root: the checkout.
        variables: the process's variables.
        misleading: the names of those that lead away from the embedded AWS.
    """
    return chain(
        tools.python(),
        tools.environment(root),
        tools.cdk(root),
        tools.git(root),
        room.disk(root),
        room.memory(),
        room.ports(),
        room.variables(variables, misleading),
    )
