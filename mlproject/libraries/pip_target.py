"""Options with which pip selects wheels for a target instead of this machine."""

from __future__ import annotations

import sys

from mlproject.libraries.lists import GLIBC, LibraryList

# The oldest C library that a wheel's tag can name: https://peps.python.org/pep-0600/
_OLDEST_GLIBC = 5


def pip_command(command: str) -> list[str]:
    """Return pip's command line up to a command, without questions and notices."""
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-color", "--no-input", command]


def target_options(library_list: LibraryList) -> list[str]:
    """Return the options for the Python version and platform of a list."""
    return [
        *("--only-binary", ":all:", "--python-version", library_list.python, "--implementation", "cp"),
        *("--abi", f"cp{library_list.python.replace('.', '')}"),
        *(argument for platform in _platforms(library_list.machine) for argument in ("--platform", platform)),
    ]


def _platforms(machine: str) -> list[str]:
    """Return the platform tags in pip's order of preference, since pip does not derive them for a target."""
    tags = [f"manylinux_2_{glibc}_{machine}" for glibc in range(GLIBC, _OLDEST_GLIBC - 1, -1)]
    return [
        *tags,
        *(f"{old}_{machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1")),
        f"linux_{machine}",
    ]
