"""`mlproject` in forked processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from faults.processes import Command

_INHERITED = ("PATH", "HOME")


def mlproject(*arguments: str, folder: Path, variables: Mapping[str, str] = MappingProxyType({})) -> Command:
    """Return `mlproject ARGUMENTS`.

    Args:
        arguments: of the command.
        folder: the working directory.
        variables: environment variables beside PATH and HOME.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return Command(main=_main, arguments=arguments, folder=folder, variables={**inherited, **variables})


def _main() -> None:
    from mlproject.cli.main import main

    main()
