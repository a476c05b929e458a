"""Fill an environment with the libraries of a list: with uv from the cache, or with pip."""

from __future__ import annotations

from pathlib import Path

from .downloads import WHEELS
from .failure import last_line, program_error
from .processes import run_program
from .programs import run_pip_install, run_uv
from .settings import BASE, BASE_PYTHON


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
    run_uv(uv, "venv", "--no-project", "--python", BASE_PYTHON, environment)
    python = environment / "bin" / "python"
    install = ("pip", "install", "--no-index", "--link-mode", "hardlink", "--python", python)
    checks = ("--require-hashes", "--only-binary", ":all:")
    run_uv(uv, *install, *checks, "--find-links", WHEELS, "--requirement", requirements)
    bundled = sorted(BASE.glob("lib/python3.*/ensurepip/_bundled/pip-*.whl"))
    if with_pip and bundled:
        run_uv(uv, *install, "--no-deps", bundled[-1])


def install_with_pip(environment: Path, requirements: Path) -> None:
    """Create an environment with pip, from the cache or from the index of this environment.

    Raises:
        InstallationError: the environment cannot be created.
    """
    done = run_program([BASE_PYTHON, "-m", "venv", environment])
    if done.returncode:
        creating = f"cannot create a virtual environment with {BASE_PYTHON}"
        raise program_error(creating, done, last_line(done.stderr))
    run_pip_install(environment / "bin" / "python", "--require-hashes", "-r", requirements)


def compile_bytecode(environment: Path) -> None:
    """Compile the libraries at the lowest priority while the kernel can already be used.

    The exit code says nothing, since some libraries contain templates that are not valid Python. A library that is not
    compiled is compiled when it is imported.
    """
    run_program(["nice", "-n", "19", environment / "bin" / "python", "-m", "compileall", "-q", environment / "lib"])


def forget_wheels(uv: Path, distributions: list[str]) -> None:
    """Delete distributions from the cache of uv. Environments keep the files, which they share with the cache."""
    if distributions:
        run_uv(uv, "cache", "clean", *distributions)
