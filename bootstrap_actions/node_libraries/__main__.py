"""Install the list in S3, and report the outcome: `python3 -m node_libraries`, as root."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from libraries import cache
from libraries.downloads import WHEELS, download_list, download_wheels, without_valid
from libraries.failure import installation_error
from libraries.processes import locked, run_program
from libraries.programs import run_pip_install, run_uv, unpack_uv
from libraries.resolved_list import ResolvedList, parse_list
from libraries.settings import CACHE, INDEX, LIBRARIES, SOURCE, SPARK_PYTHON, STATE

from . import search_path
from .report import write_report
from .verification import verify
from .written_list import require_valid


def main() -> int:
    """Install the list and return the exit code."""
    # Spark runs as other users, which read the libraries.
    os.umask(0o022)
    # Of this program, not of Spark's Python, with which it verifies the libraries.
    os.environ.pop("PYTHONPATH", None)
    LIBRARIES.mkdir(parents=True, exist_ok=True)
    with locked():
        try:
            message = _install()
        except Exception as error:
            write_report("failed", str(installation_error(error)))
            return 1
        write_report("installed", message)
    return 0


def _install() -> str:
    """Install the list in a folder of its own, and return what was installed."""
    resolved = parse_list(download_list())
    require_valid(resolved)
    version = search_path.python_version()
    name = hashlib.sha256(f"{resolved.text}{version}{INDEX}".encode()).hexdigest()[:16]
    folder = LIBRARIES / name
    if not folder.exists():
        _create(folder, resolved)
    search_path.select(folder)
    for path in LIBRARIES.iterdir():
        if path != folder:
            shutil.rmtree(path)
    shutil.rmtree(CACHE, ignore_errors=True)
    _compile_bytecode(folder)
    count = len(list(folder.glob("*.dist-info")))
    if "--hash=" not in resolved.text:
        return f"{count} libraries from {SOURCE}. The list has no hashes, so the files of the index were not verified"
    return f"{count} libraries from {SOURCE}"


def _create(folder: Path, resolved: ResolvedList) -> None:
    """Create the folder of a list, which gets its name only when it is complete and verified."""
    new = folder.with_name(".new")
    shutil.rmtree(new, ignore_errors=True)
    cache.begin()
    if not INDEX:
        _fetch(resolved)
    _fill(new, resolved)
    verify(new)
    run_program(["sync", "-f", new]).check_returncode()
    new.replace(folder)


def _fetch(resolved: ResolvedList) -> None:
    wheels = [*resolved.wheels, *([resolved.uv] if resolved.uv else [])]
    missing = without_valid(wheels)
    cache.require_listed_space(resolved.sizes, missing, wheels)
    download_wheels(missing)
    cache.require_space(wheels)


def _fill(folder: Path, resolved: ResolvedList) -> None:
    requirements = STATE / "requirements.txt"
    requirements.write_text(resolved.text)
    if INDEX or not resolved.uv:
        # pip verifies the hashes of all libraries if one has a hash.
        run_pip_install(SPARK_PYTHON, "--retries", "10", "--target", folder, "-r", requirements)
        return
    source = ("--no-index", "--find-links", WHEELS, "--link-mode", "hardlink")
    checks = ("--require-hashes", "--only-binary", ":all:")
    install = ("pip", "install", "--python", SPARK_PYTHON, "--target", folder)
    run_uv(unpack_uv(resolved.uv), *install, *source, *checks, "--requirement", requirements)


def _compile_bytecode(folder: Path) -> None:
    """Compile the libraries at the lowest priority, while EMR installs its applications.

    Spark's processes could not write it, since they do not run as root.
    """
    subprocess.Popen(
        ["nice", "-n", "19", str(SPARK_PYTHON), "-m", "compileall", "-q", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


if __name__ == "__main__":
    sys.exit(main())
