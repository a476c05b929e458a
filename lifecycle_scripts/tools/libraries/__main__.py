"""Install the list of the project: `python3 -m libraries`, at every start, and for the newest list while it runs."""

from __future__ import annotations

import os
import shutil
import sys

from mlproject_notebook.files import write_atomically

from . import cache, environments, installers
from .downloads import download_list, download_wheels, without_valid
from .environments import Environment
from .failure import InstallationError, VolumeFullError, installation_error, last_line, program_error
from .processes import locked, run_program
from .programs import unpack_uv
from .resolved_list import ResolvedList, parse_list
from .settings import BASE_PYTHON, INDEX, SOURCE, STATE
from .status import Status


def main() -> int:
    """Install the list and return the exit code. The outcome is also in libraries.json."""
    (STATE / "environments").mkdir(parents=True, exist_ok=True)
    with (STATE / "libraries.log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    with locked():
        status = Status()
        try:
            new = _install(status)
        except Exception as error:
            _report_failure(status, error)
            return 1
    if new:
        installers.compile_bytecode(new.path)
    return 0


def _install(status: Status) -> Environment | None:
    """Make the list in S3 the kernel, and return its environment if it was created now."""
    version = _base_version()
    current = environments.selected("current")
    if current and current.is_complete(version):
        current.register_kernel()
        status.libraries, status.previous_in_use = current.installed_list.versions, True
    else:
        current = None
        status.installing("downloading the list")
    text = download_list()
    resolved = parse_list(text)
    environment = environments.environment_for(text, version)
    status.list_sha256 = environments.list_checksum(text).split()[0]
    is_new = not environment.is_complete(version)
    if is_new:
        _create(environment, resolved, version, current, status)
    environment.register_kernel()
    environment.select()
    write_atomically(STATE / "installed", environments.list_checksum(text))
    status.libraries = resolved.versions
    status.installed(since=environment.installed_at)
    if is_new:
        _clean_up(environment, resolved)
    return environment if is_new else None


def _create(
    environment: Environment, resolved: ResolvedList, version: str, current: Environment | None, status: Status
) -> None:
    """Create the environment of a list. Only the one in use is kept meanwhile, to have enough space."""
    if "ipykernel" not in resolved.versions:
        raise InstallationError("the list does not contain ipykernel, which the kernel requires")
    environments.delete_others(current)
    cache.begin()
    try:
        if INDEX:
            status.installing(f"from {SOURCE}")
        else:
            status.installing("downloading wheels from S3")
            _fetch(resolved)
            status.installing(f"from {SOURCE}")
        _fill(environment, resolved)
        environment.complete(version, resolved.text)
    except BaseException:
        environments.delete_others(current)
        raise
    cache.end()


def _fetch(resolved: ResolvedList) -> None:
    wheels = [*resolved.wheels, *([resolved.uv] if resolved.uv else [])]
    missing = without_valid(wheels)
    # Wheels that were in the cache are unpacked there, and are linked.
    to_unpack = missing if resolved.uv and not cache.is_empty() else wheels
    cache.require_listed_space(resolved.sizes, missing, to_unpack)
    download_wheels(missing)
    cache.require_space(to_unpack)


def _fill(environment: Environment, resolved: ResolvedList) -> None:
    requirements = STATE / "requirements.txt"
    write_atomically(requirements, resolved.text)
    if INDEX or not resolved.uv:
        installers.install_with_pip(environment.path, requirements)
    else:
        uv = unpack_uv(resolved.uv)
        installers.install_with_uv(uv, environment.path, requirements, with_pip="pip" not in resolved.versions)


def _clean_up(environment: Environment, resolved: ResolvedList) -> None:
    """Keep only what this environment and the one before it need."""
    previous = environments.selected("previous")
    environments.delete_others(environment, previous)
    # Earlier versions of this program downloaded wheels to this folder.
    shutil.rmtree(STATE / "wheels", ignore_errors=True)
    lists = [resolved, previous.installed_list] if previous else [resolved]
    unused = cache.delete_unused([[*each.wheels, *([each.uv] if each.uv else [])] for each in lists])
    if resolved.uv and not INDEX:
        installers.forget_wheels(unpack_uv(resolved.uv), unused)


def _base_version() -> str:
    try:
        done = run_program([BASE_PYTHON, "-c", "import sys; print(sys.version)"])
    except OSError as error:
        raise InstallationError(f"cannot run {BASE_PYTHON}: {error.strerror}") from error
    if done.returncode:
        raise program_error(f"cannot run {BASE_PYTHON}", done, last_line(done.stderr))
    return done.stdout.rstrip("\n")


def _report_failure(status: Status, error: Exception) -> None:
    reason = installation_error(error)
    if isinstance(reason, VolumeFullError):
        cache.delete()
    status.failed(str(reason))


if __name__ == "__main__":
    sys.exit(main())
