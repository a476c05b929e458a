"""Resolve a list with uv for the Python version and platform of its target."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import MACHINE, LibraryList
from mlproject.libraries.lock import Lock, read_lock

_ADDRESS = re.compile(r"\S*\w+://\S*")
_UNREACHABLE = re.compile(
    r"Failed to fetch|Request failed|error sending request|Could not connect|Network connectivity", re.I
)
_LABEL = re.compile(r"^(error|cause|hint):\s*", re.M)


def resolve(library_list: LibraryList, *, known: str | None) -> Lock:
    """Select a version of every library and of its dependencies that is available as a wheel.

    uv uses the package index and the cache that are configured on this machine.

    Args:
        library_list: the list.
        known: text of the last resolved list, whose versions are kept where possible. None for the newest versions.

    Raises:
        UserError: there is no solution, or the index cannot be reached. The message contains uv's reason.
    """
    with tempfile.TemporaryDirectory(prefix="mlproject-libraries-") as folder:
        source, target = Path(folder, "requirements.txt"), Path(folder, "resolved.txt")
        source.write_text("".join(f"{line}\n" for line in library_list.requirements))
        if known:
            target.write_text(known)
        completed = subprocess.run(
            [
                uv_program(),
                *("pip", "compile", "--quiet", "--no-progress", "--color", "never", "--no-header", "--no-annotate"),
                *("--generate-hashes", "--only-binary", ":all:"),
                # Set, since uv would otherwise search this machine for the target's Python version.
                *("--python", sys.executable),
                *("--python-version", library_list.python, "--python-platform", library_list.platform),
                *("--output-file", str(target), str(source)),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        if completed.returncode:
            raise UserError(
                f"{library_list.path}: {_failure_message(completed.stderr, source)}",
                exit_code=_exit_code(completed.stderr),
            )
        return _restrict_to_hashes(read_lock(target.read_text()), library_list)


def _restrict_to_hashes(lock: Lock, library_list: LibraryList) -> Lock:
    """Restrict a resolved list to the files that the compiled list allows.

    Raises:
        UserError: the compiled list lacks a dependency, or the index lacks the files.
    """
    if not library_list.hashes:
        return lock
    if missing := sorted({pin.name for pin in lock.pins} - set(library_list.hashes)):
        raise UserError(
            f"{library_list.path}: does not list {', '.join(missing)}, which its libraries require with Python "
            f"{library_list.python} on {MACHINE}. Compile the list again for this target. Nothing was uploaded."
        )
    pins = [replace(pin, hashes=pin.hashes & library_list.hashes[pin.name]) for pin in lock.pins]
    for pin in pins:
        if not pin.hashes:
            raise UserError(
                f"{library_list.path}: no file of {pin.name} {pin.version} in the index has one of the list's hashes. "
                "Check whether the index serves other files or the list is wrong. Nothing was uploaded."
            )
    return replace(lock, pins=tuple(pins))


def uv_program() -> str:
    """Return uv of this environment, where `make install` installs it, or else uv on PATH."""
    installed = Path(sys.executable).with_name("uv")
    return str(installed) if installed.exists() else "uv"


def _failure_message(stderr: str, source: Path) -> str:
    """Return uv's error as one line, without the URL of the index, which may contain credentials."""
    if _UNREACHABLE.search(stderr):
        return (
            "the package index cannot be reached, so nothing was uploaded. "
            "Check the network and the index in uv's configuration, and run the command again."
        )
    text = _LABEL.sub("", _ADDRESS.sub("the index", stderr)).replace(f"`{source.name}`", "the list")
    reason = " ".join(line.strip() for line in text.splitlines() if line.strip(" ^"))
    return f"cannot be resolved, so nothing was uploaded: {reason}"


def _exit_code(stderr: str) -> int:
    return 1 if _UNREACHABLE.search(stderr) else 2
