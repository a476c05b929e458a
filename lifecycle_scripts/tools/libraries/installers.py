"""Fill an environment with the libraries of a list: with uv from the cache, or with pip."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from .downloads import WHEELS
from .failure import last_line, program_error
from .processes import run_program
from .resolved_list import Wheel
from .settings import BASE, BASE_PYTHON, CACHE, INDEX

UV_CACHE = CACHE / "uv"
_UV = CACHE / "tools"


def install_with_uv(uv: Path, environment: Path, requirements: Path, *, with_pip: bool) -> None:
    """Create an environment with uv, which links the files of unpacked wheels instead of copying them.

    Bytecode is not compiled here: for nine common libraries, it takes five times as long as the installation, and the
    first import of what is used takes a few seconds. See `compile_bytecode`.

    Args:
        uv: the program.
        environment: folder of the environment, which does not exist.
        requirements: file with the resolved list.
        with_pip: whether to add the pip that the base Python contains, for `%pip install`.

    Raises:
        InstallationError: the environment cannot be created.
    """
    _run_uv(uv, "venv", "--no-project", "--python", BASE_PYTHON, environment)
    python = environment / "bin" / "python"
    install = ("pip", "install", "--no-index", "--link-mode", "hardlink", "--python", python)
    checks = ("--require-hashes", "--only-binary", ":all:")
    _run_uv(uv, *install, *checks, "--find-links", WHEELS, "--requirement", requirements)
    bundled = sorted(BASE.glob("lib/python3.*/ensurepip/_bundled/pip-*.whl"))
    if with_pip and bundled:
        _run_uv(uv, *install, "--no-deps", bundled[-1])


def install_with_pip(environment: Path, requirements: Path) -> None:
    """Create an environment with pip, from the cache or from the index of this environment.

    Raises:
        InstallationError: the environment cannot be created.
    """
    done = run_program([BASE_PYTHON, "-m", "venv", environment])
    if done.returncode:
        creating = f"cannot create a virtual environment with {BASE_PYTHON}"
        raise program_error(creating, done, last_line(done.stderr))
    source = ["--index-url", INDEX] if INDEX else ["--no-index", "--find-links", str(WHEELS)]
    pip = (environment / "bin" / "python", "-m", "pip", "--isolated", "--disable-pip-version-check", "install")
    checks = ["--no-input", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    # Ignores the pip configuration of the machine, so that pip installs only these files.
    done = run_program([*pip, *checks, *source, "-r", requirements], {"PIP_CONFIG_FILE": "/dev/null"})
    if done.returncode:
        print(done.stderr, flush=True)
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise program_error("pip", done, errors[0] if errors else last_line(done.stderr))


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


def compile_bytecode(environment: Path) -> None:
    """Compile the libraries at the lowest priority while the kernel can already be used.

    The exit code says nothing, since some libraries contain templates that are not valid Python. A library that is not
    compiled is compiled when it is imported.
    """
    run_program(["nice", "-n", "19", environment / "bin" / "python", "-m", "compileall", "-q", environment / "lib"])


def forget_wheels(uv: Path, distributions: list[str]) -> None:
    """Delete distributions from the cache of uv. Environments keep the files, which they share with the cache."""
    if distributions:
        _run_uv(uv, "cache", "clean", *distributions)


def _run_uv(uv: Path, *arguments: str | Path) -> None:
    variables = {"UV_CACHE_DIR": str(UV_CACHE), "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    done = run_program([uv, "--quiet", "--offline", "--color", "never", *arguments], variables)
    if done.returncode:
        print(done.stderr, flush=True)
        # uv draws a tree of causes.
        words = done.stderr.replace("\N{MULTIPLICATION SIGN}", " ").replace("╰─▶", " ").split()
        raise program_error("uv", done, " ".join(words).removeprefix("error: "))
