"""All checks of this machine, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from mlproject.machine import system, tools
from mlproject.outcome import Outcome


def check_machine(root: Path, *, variables: Mapping[str, str], misleading: Iterable[str]) -> Iterator[Outcome]:
    """Check what a checkout needs on this machine, without changing anything.

    Args:
        root: the checkout.
        variables: the environment variables of the process.
        misleading: names of variables that make the CDK CLI and boto3 bypass the embedded AWS.
    """
    return chain(
        tools.check_python(),
        tools.check_environment(root),
        tools.check_cdk(root),
        tools.check_git(root),
        system.check_disk(root),
        system.check_memory(),
        system.check_ports(),
        system.check_variables(variables, misleading),
    )
