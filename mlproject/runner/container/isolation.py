"""A private /opt/ml for a process: a mount namespace of its own, or bubblewrap; the rest of the machine stays as it is.

A script that names /opt/ml itself, as AWS's own samples do, would otherwise read and write the machine's.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

Isolation = Literal["namespace", "bubblewrap", "prefix"]
# The first that works is the default.
ISOLATIONS: tuple[Isolation, ...] = ("namespace", "bubblewrap", "prefix")
BASE = "/opt/ml"

# Mounting over /opt/ml needs an /opt/ml. Where the machine has none, one is laid over /opt: making it on the real disk
# would need root and leave it behind. An overlay does it in one call, but old kernels keep it for root, and it does not
# show what is mounted below /opt; then /opt becomes a folder in memory with everything that was there, and `ml`.
_MOUNT = """\
set -e
work=$1 folder=$2 mount=$3
shift 3
lay_over() {
    case $work in /opt/* | *[:,\\\\]*) return 1 ;; esac
    while read -r mounted; do
        case $mounted in *" /opt/"*) return 1 ;; esac
    done </proc/self/mountinfo
    "$mount" -t overlay overlay -o "lowerdir=$work/opt:/opt" /opt 2>/dev/null
}
rebuild() {
    mkdir -p "$work/opt-with-ml"
    "$mount" -t tmpfs tmpfs "$work/opt-with-ml"
    for entry in /opt/* /opt/.[!.]*; do
        copy=$work/opt-with-ml/${entry##*/}
        if [ -L "$entry" ]; then
            cp -P "$entry" "$copy"
        elif [ -d "$entry" ]; then
            mkdir "$copy"
            "$mount" --rbind "$entry" "$copy"
        elif [ -e "$entry" ]; then
            : > "$copy"
            "$mount" --bind "$entry" "$copy"
        fi
    done
    mkdir "$work/opt-with-ml/ml"
    "$mount" --rbind "$work/opt-with-ml" /opt
}
[ -d /opt/ml ] || lay_over || rebuild
"$mount" --bind "$work/opt/ml" /opt/ml
cd "$folder"
exec "$@"
"""


def step_path() -> str:
    """PATH of every step, in which the programs that isolate it are looked for too."""
    return os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"])


def in_private_base(argv: list[str], *, isolation: Isolation, work: Path, folder: str) -> list[str]:
    """A command that sees a work folder's `opt/ml` as /opt/ml; with `prefix`, the command itself.

    Args:
        argv: the command.
        isolation: what gives it its /opt/ml.
        work: the work folder.
        folder: where the command starts, as it sees it.
    """
    if isolation == "prefix":
        return argv
    if isolation == "namespace":
        # The new credentials of a user namespace make the kernel forget who is to die with the runner.
        dying = [_program("setpriv"), "--pdeathsig", "KILL", "--"] if shutil.which("setpriv", path=step_path()) else []
        unshare = [_program("unshare"), *_user_namespace(), "--mount", "--"]
        return [*unshare, "/bin/sh", "-c", _MOUNT, "sh", str(work), folder, _program("mount"), *dying, *argv]
    kept = [str(path) for path in sorted(Path("/opt").glob("*")) if path.name != "ml"]
    binds = [argument for path in kept for argument in ("--dev-bind", path, path)]
    head = [_program("bwrap"), "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/opt", *binds]
    return [*head, "--bind", str(work / "opt" / "ml"), BASE, "--chdir", folder, "--", *argv]


@functools.cache
def isolation_problem(isolation: Isolation) -> str | None:
    """Why a kind of isolation cannot be used on this machine, found by trying it; None if it can."""
    if isolation == "prefix":
        return None
    for name in {"namespace": ("unshare", "mount"), "bubblewrap": ("bwrap",)}[isolation]:
        if shutil.which(name, path=step_path()) is None:
            return f"there is no {name} in {step_path()}"
    return _trial(isolation)


@functools.cache
def default_isolation() -> Isolation:
    """The first kind of isolation that works here."""
    return next(isolation for isolation in ISOLATIONS if isolation_problem(isolation) is None)


def _trial(isolation: Isolation) -> str | None:
    """Write a file to /opt/ml in a process, and look whether it stands in the work folder and nowhere else."""
    with tempfile.TemporaryDirectory(prefix="mlproject-isolation-") as name:
        base = Path(name, "opt", "ml")
        base.mkdir(parents=True)
        command = in_private_base(
            ["/bin/sh", "-c", f": > {BASE}/tried"], isolation=isolation, work=Path(name), folder="/"
        )
        done = subprocess.run(command, env={"PATH": step_path()}, capture_output=True, text=True, check=False)
        if done.returncode == 0 and (base / "tried").exists():
            return None
        return f"it does not work here: {done.stderr.strip() or f'exit code {done.returncode}'}"


@functools.cache
def _user_namespace() -> list[str]:
    """Root may mount by itself; anybody else as the root of a user namespace, which root of a container is, too."""
    alone = [_program("unshare"), "--mount", "--", "/bin/sh", "-c", f"{_program('mount')} -t tmpfs tmpfs /mnt"]
    if os.geteuid() == 0 and subprocess.run(alone, capture_output=True, check=False).returncode == 0:
        return []
    return ["--user", "--map-root-user"]


def _program(name: str) -> str:
    found = shutil.which(name, path=step_path())
    if found is None:
        raise AssertionError(f"isolation_problem lets nobody ask for {name} where there is none")
    return found
