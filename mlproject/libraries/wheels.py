"""Fetch exactly the wheels of a resolved list: uv has no command for that, pip has."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import GLIBC, MACHINE, Wanted
from mlproject.libraries.lock import Pin, Wheel

# The oldest C library that a wheel's tag can name: https://peps.python.org/pep-0600/
_OLDEST_GLIBC = 5
_ADDRESS = re.compile(r"\S*\w+://\S*")


def fetch(
    wanted: Wanted, pins: Sequence[Pin], folder: Path, *, progress: Callable[[str], None] = lambda _file: None
) -> dict[Wheel, Path]:
    """Fetch the best wheel of each pin for the target; pip compares each with the hashes.

    Args:
        wanted: the list, for its Python and machine.
        pins: the libraries to fetch.
        folder: an empty one, where the wheels go.
        progress: told each file that is there.

    Raises:
        UserError: a wheel cannot be had, or is not what the index promised.
    """
    if not pins:
        return {}
    listed = folder / "pins.txt"
    listed.write_text("".join(_line(pin) for pin in pins))
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-color", "--no-input", "download"),
            *("--no-deps", "--only-binary", ":all:", "--require-hashes", "--progress-bar", "off"),
            *("--python-version", wanted.python, "--implementation", "cp", "--abi", _abi(wanted)),
            *(argument for platform in _platforms() for argument in ("--platform", platform)),
            *("--dest", str(folder), "--requirement", str(listed)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        said = []
        for line in pip.stdout or ():
            said.append(line)
            if line.lstrip().startswith("Downloading "):
                progress(line.split()[1])
    if pip.returncode:
        reasons = [_ADDRESS.sub("the index", line.strip()) for line in said if line.startswith("ERROR")]
        raise UserError(
            f"{wanted.path}: its wheels cannot be fetched, so nothing was uploaded: "
            f"{' '.join(reasons) or 'pip gave no reason'}; is the package index reachable, and pip's index configured?",
            exit_code=1,
        )
    return {Wheel(file=path.name, sha256=sha256(path)): path for path in sorted(folder.glob("*.whl"))}


def sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _line(pin: Pin) -> str:
    return " ".join([f"{pin.name}=={pin.version}", *(f"--hash=sha256:{each}" for each in sorted(pin.hashes))]) + "\n"


def _abi(wanted: Wanted) -> str:
    return f"cp{wanted.python.replace('.', '')}"


def _platforms() -> list[str]:
    """Newest C library first, as the machine's own pip prefers them; pip derives none from another."""
    tags = [f"manylinux_2_{glibc}_{MACHINE}" for glibc in range(GLIBC, _OLDEST_GLIBC - 1, -1)]
    return [
        *tags,
        *(f"{old}_{MACHINE}" for old in ("manylinux2014", "manylinux2010", "manylinux1")),
        f"linux_{MACHINE}",
    ]
