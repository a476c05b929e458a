"""Resolve a list with uv for the Python version and platform of its target."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.failures import resolution_error
from mlproject.libraries.lists import LibraryList, normalise_name
from mlproject.libraries.lock import Lock, YankedVersion, read_lock

_YANKED = re.compile(r'^warning: `([A-Za-z0-9._-]+)==(\S+)` is yanked(?: \(reason: "(.*)"\))?$', re.M)
_WARNING = re.compile(r"^warning: .*\n", re.M)


def resolve(library_list: LibraryList, *, known: str | None) -> Lock:
    """Select a version of every library and of its dependencies that is available as a wheel.

    uv uses the package index and the cache that are configured on this machine.

    Args:
        library_list: the list.
        known: text of the earlier lock, whose versions are kept where possible. None for the newest versions.

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
                # Not quiet, since uv reports yanked versions as warnings.
                *("pip", "compile", "--no-progress", "--color", "never", "--no-header", "--no-annotate"),
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
            raise resolution_error(library_list, _WARNING.sub("", completed.stderr), source=source)
        lock = replace(read_lock(target.read_text()), yanked=tuple(_yanked_versions(completed.stderr)))
        return _restrict_to_hashes(lock, library_list)


def _yanked_versions(stderr: str) -> Iterator[YankedVersion]:
    for name, version, reason in sorted(_YANKED.findall(stderr)):
        # uv escapes line breaks in the reason. A URL in a lock might be read as that of an index.
        text = re.sub(r"\S*\w+://\S*", "(a URL)", reason.strip())
        yield YankedVersion(name=normalise_name(name), version=version, reason=text)


def _restrict_to_hashes(lock: Lock, library_list: LibraryList) -> Lock:
    """Restrict a resolved list to the files that the compiled list allows.

    Raises:
        UserError: the compiled list lacks a dependency, or the index lacks the files.
    """
    if not library_list.hashes:
        return lock
    if missing := sorted({pin.name for pin in lock.pins} - set(library_list.hashes)):
        raise UserError(
            f"{library_list.file}: does not list {', '.join(missing)}, which its libraries require with Python "
            f"{library_list.python} on {library_list.machine}. Compile the list again for this target. Nothing was "
            "locked."
        )
    pins = [replace(pin, hashes=pin.hashes & library_list.hashes[pin.name]) for pin in lock.pins]
    for pin in pins:
        if not pin.hashes:
            raise UserError(
                f"{library_list.file}: no file of {pin.name} {pin.version} in the index has one of the list's hashes. "
                "Check whether the index serves other files or the list is wrong. Nothing was locked."
            )
    return replace(lock, pins=tuple(pins))


def uv_program() -> str:
    """Return uv of this environment, where `make install` installs it, or else uv on PATH."""
    installed = Path(sys.executable).with_name("uv")
    return str(installed) if installed.exists() else "uv"
