"""The programs that install libraries: uv from its wheel, and pip."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from .downloads import WHEELS
from .failure import last_line, program_error
from .processes import run_program
from .resolved_list import Wheel
from .settings import CACHE, INDEX

UV_CACHE = CACHE / "uv"
_UV = CACHE / "tools"
_CONFLICT = re.compile(r" +(The user requested|\S.* depends on) ")


def unpack_uv(wheel: Wheel) -> Path:
    """Return the program uv of a downloaded wheel, unpacked once."""
    program = _UV / wheel.sha256 / "uv"
    if program.exists():
        return program
    shutil.rmtree(_UV, ignore_errors=True)
    program.parent.mkdir(parents=True)
    new = program.with_name(".uv")
    with zipfile.ZipFile(WHEELS / wheel.file) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        with archive.open(member) as source, new.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    new.chmod(0o755)
    run_program(["sync", new]).check_returncode()
    new.replace(program)
    return program


def run_uv(uv: Path, *arguments: str | Path) -> None:
    """Run uv without a network.

    Raises:
        InstallationError: it failed.
    """
    variables = {"UV_CACHE_DIR": str(UV_CACHE), "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    done = run_program([uv, "--quiet", "--offline", "--color", "never", *arguments], variables)
    if done.returncode:
        print(done.stderr, flush=True)
        # uv draws a tree of causes.
        words = done.stderr.replace("\N{MULTIPLICATION SIGN}", " ").replace("╰─▶", " ").split()
        raise program_error("uv", done, " ".join(words).removeprefix("error: "))


def run_pip_install(python: Path, *arguments: str | Path) -> None:
    """Install with the pip of a Python, from the cache or from the index of this environment.

    Raises:
        InstallationError: it failed.
    """
    source = ["--index-url", INDEX] if INDEX else ["--no-index", "--find-links", str(WHEELS)]
    pip = (python, "-m", "pip", "--isolated", "--disable-pip-version-check", "install")
    options = ("--no-input", "--progress-bar", "off", "--only-binary", ":all:")
    # Ignores the pip configuration of the machine, so that pip installs only these files.
    done = run_program([*pip, *options, *source, *arguments], {"PIP_CONFIG_FILE": "/dev/null"})
    if done.returncode:
        print(done.stderr, flush=True)
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        # Which libraries exclude each other is not part of the error.
        conflicts = [line.strip() for line in done.stdout.splitlines() if _CONFLICT.match(line)]
        raise program_error("pip", done, "; ".join([errors[0] if errors else last_line(done.stderr), *conflicts]))
