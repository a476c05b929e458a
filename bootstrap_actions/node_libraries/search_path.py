"""Make Python find a folder of libraries before those of the system, which pip cannot uninstall."""

from __future__ import annotations

import json
from pathlib import Path

from libraries.failure import InstallationError, last_line, program_error
from libraries.processes import run_program
from libraries.settings import SPARK_PYTHON

# Python runs a line of such a file if it starts with `import`: https://docs.python.org/3.9/library/site.html
_NAME = "mlproject.pth"
_LINE = (
    "import sys; sys.path.insert(next((number for number, path in enumerate(sys.path) "
    "if path.endswith('site-packages')), len(sys.path)), {folder!r})"
)
_SITE = "import json, site, sys; print(json.dumps([site.getsitepackages(), sys.path, sys.version]))"


def path_line(folder: Path) -> str:
    """Return the line of Python that puts a folder before the folders of installed packages."""
    return _LINE.format(folder=str(folder))


def python_version() -> str:
    """Return the version of Spark's Python, with its build."""
    _, _, version = _describe()
    return str(version)


def select(folder: Path) -> None:
    """Make a folder the one that each new process of Spark's Python uses, instead of the one before.

    Amazon Linux's first folder of packages is below /usr/local, which its own programs do not read (`python3 -s`).

    Raises:
        InstallationError: Python does not use it.
    """
    packages = Path(_describe()[0][0])
    packages.mkdir(parents=True, exist_ok=True)
    new = packages / f"{_NAME}.new"
    new.write_text(path_line(folder) + "\n")
    new.replace(packages / _NAME)
    if str(folder) not in _describe()[1]:
        raise InstallationError(f"{SPARK_PYTHON} does not use {packages / _NAME}, and so not {folder}")


def _describe() -> tuple[list[str], list[str], str]:
    """Return the folders of packages, the search path and the version of Spark's Python."""
    try:
        done = run_program([SPARK_PYTHON, "-c", _SITE])
    except OSError as error:
        raise InstallationError(f"cannot run {SPARK_PYTHON}: {error.strerror}") from error
    if done.returncode:
        raise program_error(f"cannot run {SPARK_PYTHON}", done, last_line(done.stderr))
    packages, path, version = json.loads(done.stdout)
    return packages, path, version
