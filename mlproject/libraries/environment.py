"""Install a locked list on this machine, for a kernel with the Python and the versions of a notebook instance."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.failures import uv_error
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import read_lock
from mlproject.libraries.lock_files import read_lock_text
from mlproject.libraries.resolve import uv_program

_COMPLETE = "complete"


def build_environment(library_list: LibraryList, folder: Path, *, report: Callable[[str], None]) -> Path:
    """Return the Python of an environment with the locked libraries of a list, which is built unless it exists.

    uv uses the package index and the cache that are configured on this machine. The hashes of the lock are not used,
    since they are those of wheels for the notebook, and this machine may have another platform.

    Args:
        library_list: the list of a notebook.
        folder: cache of environments, one for each content of a lock.
        report: called with one line before the installation.

    Raises:
        UserError: the lock is missing or outdated, the Python version is not available, or a library cannot be
            installed.
    """
    versions = [f"{name}=={version}" for name, version in read_lock(read_lock_text(library_list)).versions.items()]
    environment = folder / f"{library_list.stem}-{_fingerprint(library_list.python, versions)}"
    python = environment / "bin" / "python"
    with _locked(folder / f"{environment.name}.lock"):
        # Written last, so that an interrupted installation is repeated.
        if (environment / _COMPLETE).exists() and python.exists():
            return python
        report(f"{library_list.path}: installing the libraries for Python {library_list.python}")
        shutil.rmtree(environment, ignore_errors=True)
        base = _newest_of_pyenv(library_list.python) or library_list.python
        _run_uv(library_list, "venv", "--quiet", "--python", str(base), str(environment))
        requirements = environment / "requirements.txt"
        requirements.write_text("".join(f"{line}\n" for line in versions))
        install = ("pip", "install", "--quiet", "--only-binary", ":all:", "--compile-bytecode")
        _run_uv(library_list, *install, "--python", str(python), "--requirements", str(requirements))
        (environment / _COMPLETE).touch()
    return python


def _fingerprint(python: str, versions: Sequence[str]) -> str:
    content = "\n".join((python, *versions))
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _newest_of_pyenv(version: str) -> Path | None:
    """Return pyenv's newest Python of a version, because uv finds only those that are active in the current folder."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [path for path in (root / "versions").glob(f"{version}.*/bin/python") if _patch(path) is not None]
    return max(found, key=lambda path: _patch(path) or 0, default=None)


def _patch(python: Path) -> int | None:
    match = re.fullmatch(r"\d+\.\d+\.(\d+)", python.parents[1].name)
    return int(match[1]) if match else None


def _run_uv(library_list: LibraryList, *arguments: str) -> None:
    completed = subprocess.run([uv_program(), *arguments], capture_output=True, text=True, check=False)
    if completed.returncode:
        reason = uv_error(completed.stderr)
        raise UserError(f"{library_list.path}: cannot be installed for a local kernel: {reason}", exit_code=1)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait for another process that builds the same environment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
