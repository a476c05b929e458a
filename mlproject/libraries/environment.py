"""Install a locked list on this machine, with the Python and the versions of a notebook instance or a cluster."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.failures import uv_error
from mlproject.libraries.lists import PYTHON, LibraryList
from mlproject.libraries.lock import read_lock
from mlproject.libraries.lock_files import read_lock_text
from mlproject.libraries.resolve import uv_program
from mlproject.node_scripts import Target

_COMPLETE = "complete"


def build_environment(library_list: LibraryList, folder: Path, *, report: Callable[[str], None]) -> Path:
    """Return the Python of an environment with the locked libraries of a list, which is built unless it exists.

    uv uses the package index and the cache that are configured on this machine. The hashes of the lock are not used,
    since they are those of wheels for the target, and this machine may have another platform.

    Args:
        library_list: the list of a notebook or a cluster.
        folder: cache of environments, one for each content of a lock.
        report: called with one line before the installation.

    Raises:
        UserError: the lock is missing or outdated, the Python version is not available, or a library cannot be
            installed.
    """
    versions = [f"{name}=={version}" for name, version in read_lock(read_lock_text(library_list)).versions.items()]
    environment = _Environment(
        stem=library_list.stem, source=library_list.file, python=library_list.python, versions=tuple(versions)
    )
    return _build(environment, folder, report)


def build_empty_environment(target: Target, folder: Path, *, report: Callable[[str], None]) -> Path:
    """Return the Python of an environment without libraries, with the version of a target.

    Args:
        target: the machines whose version it has.
        folder: cache of environments.
        report: called with one line before it is created.

    Raises:
        UserError: the Python version is not available.
    """
    source = f"an environment without libraries for {target}"
    return _build(_Environment(stem="empty", source=source, python=PYTHON[target]), folder, report)


@dataclass(frozen=True, kw_only=True)
class _Environment:
    """An environment.

    Args:
        stem: prefix of its folder.
        source: what it is built from, for messages.
        python: version of Python, such as `3.9`.
        versions: requirements with one version each.
    """

    stem: str
    source: str
    python: str
    versions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        content = "\n".join((self.python, *self.versions))
        return f"{self.stem}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _build(environment: _Environment, folder: Path, report: Callable[[str], None]) -> Path:
    target, source = folder / environment.name, environment.source
    program = target / "bin" / "python"
    with _locked(folder / f"{environment.name}.lock"):
        # Written last, so that an interrupted installation is repeated.
        if (target / _COMPLETE).exists() and program.exists():
            return program
        report(f"{source}: installing the libraries for Python {environment.python}")
        shutil.rmtree(target, ignore_errors=True)
        base = _newest_of_pyenv(environment.python) or environment.python
        _run_uv(source, "venv", "--quiet", "--python", str(base), str(target))
        requirements = target / "requirements.txt"
        requirements.write_text("".join(f"{line}\n" for line in environment.versions))
        install = ("pip", "install", "--quiet", "--only-binary", ":all:", "--compile-bytecode")
        _run_uv(source, *install, "--python", str(program), "--requirements", str(requirements))
        (target / _COMPLETE).touch()
    return program


def _newest_of_pyenv(version: str) -> Path | None:
    """Return pyenv's newest Python of a version, because uv finds only those that are active in the current folder."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [path for path in (root / "versions").glob(f"{version}.*/bin/python") if _patch(path) is not None]
    return max(found, key=lambda path: _patch(path) or 0, default=None)


def _patch(python: Path) -> int | None:
    match = re.fullmatch(r"\d+\.\d+\.(\d+)", python.parents[1].name)
    return int(match[1]) if match else None


def _run_uv(source: str, *arguments: str) -> None:
    completed = subprocess.run([uv_program(), *arguments], capture_output=True, text=True, check=False)
    if completed.returncode:
        reason = uv_error(completed.stderr)
        raise UserError(f"{source}: cannot be installed on this machine: {reason}", exit_code=1)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait for another process that builds the same environment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
