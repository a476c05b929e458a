"""Resolve a list with uv for a Python and a machine that are not these."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import MACHINE, Wanted
from mlproject.libraries.lock import Lock, read_lock

_ADDRESS = re.compile(r"\S*\w+://\S*")
_UNREACHED = re.compile(
    r"Failed to fetch|Request failed|error sending request|Could not connect|Network connectivity", re.I
)
_LABEL = re.compile(r"^(error|cause|hint):\s*", re.M)


def resolve(wanted: Wanted, *, known: str | None) -> Lock:
    """Choose a version of every library and of what they need; only wheels count.

    The index is the one of this machine's configuration, and uv's cache is used.

    Args:
        wanted: the list.
        known: the list that was resolved last; its versions stay where they still fit. None for the newest.

    Raises:
        UserError: there is no solution (in uv's words), or the index cannot be reached.
    """
    with tempfile.TemporaryDirectory(prefix="mlproject-libraries-") as folder:
        source, target = Path(folder, "wanted.txt"), Path(folder, "resolved.txt")
        source.write_text("".join(f"{line}\n" for line in wanted.requirements))
        if known:
            target.write_text(known)
        done = subprocess.run(
            [
                _uv(),
                *("pip", "compile", "--quiet", "--no-progress", "--color", "never", "--no-header", "--no-annotate"),
                *("--generate-hashes", "--only-binary", ":all:"),
                # Named, since uv would start every Python of this machine in search of the wanted one.
                *("--python", sys.executable),
                *("--python-version", wanted.python, "--python-platform", wanted.platform),
                *("--output-file", str(target), str(source)),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        if done.returncode:
            raise UserError(f"{wanted.path}: {_sentence(done.stderr, source)}", exit_code=_exit_code(done.stderr))
        return _with_given_hashes(read_lock(target.read_text()), wanted)


def _with_given_hashes(lock: Lock, wanted: Wanted) -> Lock:
    """A resolved list that takes only the files which a compiled list allows.

    Raises:
        UserError: the compiled list lacks a library that another one needs, or the index lacks its files.
    """
    if not wanted.hashes:
        return lock
    if missing := sorted({pin.name for pin in lock.pins} - set(wanted.hashes)):
        raise UserError(
            f"{wanted.path}: lacks {', '.join(missing)}, which its libraries need with Python {wanted.python} on "
            f"{MACHINE}; compile the list again for them. Nothing was uploaded."
        )
    pins = [replace(pin, hashes=pin.hashes & wanted.hashes[pin.name]) for pin in lock.pins]
    for pin in pins:
        if not pin.hashes:
            raise UserError(
                f"{wanted.path}: none of the hashes of {pin.name} {pin.version} is of a file in the index. Either the "
                "index serves other files, which you should look into, or the list is wrong. Nothing was uploaded."
            )
    return replace(lock, pins=tuple(pins))


def _uv() -> str:
    """uv of this environment (`make install` brings it), else the one on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def _sentence(said: str, source: Path) -> str:
    """What uv says as one line, without the index's address: that is this machine's own affair."""
    if _UNREACHED.search(said):
        return (
            "the package index cannot be reached, so nothing was uploaded; "
            "is there a network, and is uv's index configured? Then repeat the command."
        )
    text = _LABEL.sub("", _ADDRESS.sub("the index", said)).replace(f"`{source.name}`", "the list")
    words = " ".join(line.strip() for line in text.splitlines() if line.strip(" ^"))
    return f"cannot be resolved, so nothing was uploaded: {words}"


def _exit_code(said: str) -> int:
    return 1 if _UNREACHED.search(said) else 2
