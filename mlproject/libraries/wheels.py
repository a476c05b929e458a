"""Download the wheels of a resolved list with pip, since uv has no command for that."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Pin, Wheel
from mlproject.libraries.pip_target import pip_command, target_options

_ADDRESS = re.compile(r"\S*\w+://\S*")


def fetch(
    library_list: LibraryList,
    pins: Sequence[Pin],
    folder: Path,
    *,
    progress: Callable[[str], None] = lambda _file: None,
) -> dict[Wheel, Path]:
    """Download the best wheel of each pin for the target. pip verifies the hashes.

    Args:
        library_list: the list, which determines the Python version and platform.
        pins: the libraries to download.
        folder: an empty folder for the wheels.
        progress: called with the name of each downloaded file.

    Raises:
        UserError: a wheel cannot be downloaded, or its hash does not match.
    """
    if not pins:
        return {}
    requirements = folder / "pins.txt"
    requirements.write_text("".join(_line(pin) for pin in pins))
    with subprocess.Popen(
        [
            *pip_command("download"),
            *("--no-deps", "--require-hashes", "--progress-bar", "off"),
            *target_options(library_list),
            *("--dest", str(folder), "--requirement", str(requirements)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        output = []
        for line in pip.stdout or ():
            output.append(line)
            if line.lstrip().startswith("Downloading "):
                progress(line.split()[1])
    if pip.returncode:
        reasons = [_ADDRESS.sub("the index", line.strip()) for line in output if line.startswith("ERROR")]
        raise UserError(
            f"{library_list.file}: the wheels cannot be downloaded: "
            f"{' '.join(reasons) or 'pip gave no reason'}. Check the network and the index in pip's configuration.",
            exit_code=1,
            topic="package-index-unreachable",
        )
    return {Wheel(file=path.name, sha256=sha256(path)): path for path in sorted(folder.glob("*.whl"))}


def sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _line(pin: Pin) -> str:
    return " ".join([f"{pin.name}=={pin.version}", *(f"--hash=sha256:{each}" for each in sorted(pin.hashes))]) + "\n"
