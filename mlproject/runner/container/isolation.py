"""Give a process a private /opt/ml, with a mount namespace or bubblewrap, and leave the rest of the machine unchanged.

A script that uses the path /opt/ml directly, as AWS's samples do, would otherwise read and write the machine's /opt/ml.
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
# The first one that works on the machine is the default.
ISOLATIONS: tuple[Isolation, ...] = ("namespace", "bubblewrap", "prefix")
BASE = "/opt/ml"

# Mounting over /opt/ml requires that it exists. If it does not, an overlay over /opt adds it: creating it on disk would
# need root and leave it behind. Old kernels reserve overlays for root, and an overlay hides mounts below /opt. In these
# cases a tmpfs with bind mounts of its entries, and `ml`, replaces /opt.
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
    """Return the PATH of every step, which is also searched for the isolation programs."""
    return os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"])


def in_private_base(argv: list[str], *, isolation: Isolation, work: Path, folder: str) -> list[str]:
    """Wrap a command so that it sees `opt/ml` of a work folder as /opt/ml; with `prefix`, return it unchanged.

    Args:
        argv: the command.
        isolation: the kind of isolation.
        work: the work folder.
        folder: the working directory of the command, inside the isolation.
    """
    if isolation == "prefix":
        return argv
    if isolation == "namespace":
        # Entering a user namespace clears the parent death signal, so it is set again inside.
        dying = [_program("setpriv"), "--pdeathsig", "KILL", "--"] if shutil.which("setpriv", path=step_path()) else []
        unshare = [_program("unshare"), *_user_namespace(), "--mount", "--"]
        return [*unshare, "/bin/sh", "-c", _MOUNT, "sh", str(work), folder, _program("mount"), *dying, *argv]
    others = [str(path) for path in sorted(Path("/opt").glob("*")) if path.name != "ml"]
    binds = [argument for path in others for argument in ("--dev-bind", path, path)]
    head = [_program("bwrap"), "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/opt", *binds]
    return [*head, "--bind", str(work / "opt" / "ml"), BASE, "--chdir", folder, "--", *argv]


@functools.cache
def isolation_problem(isolation: Isolation) -> str | None:
    """Return why a kind of isolation does not work on this machine, found by trying it; None if it works."""
    if isolation == "prefix":
        return None
    for name in {"namespace": ("unshare", "mount"), "bubblewrap": ("bwrap",)}[isolation]:
        if shutil.which(name, path=step_path()) is None:
            return f"{name} is not in {step_path()}"
    return _trial(isolation)


@functools.cache
def default_isolation() -> Isolation:
    """Return the first kind of isolation that works on this machine."""
    return next(isolation for isolation in ISOLATIONS if isolation_problem(isolation) is None)


def _trial(isolation: Isolation) -> str | None:
    """Try an isolation: write a file to /opt/ml in a process, and check that it is in the work folder."""
    with tempfile.TemporaryDirectory(prefix="mlproject-isolation-") as name:
        base = Path(name, "opt", "ml")
        base.mkdir(parents=True)
        command = in_private_base(
            ["/bin/sh", "-c", f": > {BASE}/tried"], isolation=isolation, work=Path(name), folder="/"
        )
        done = subprocess.run(command, env={"PATH": step_path()}, capture_output=True, text=True, check=False)
        if done.returncode == 0 and (base / "tried").exists():
            return None
        return f"it does not work on this machine: {done.stderr.strip() or f'exit code {done.returncode}'}"


@functools.cache
def _user_namespace() -> list[str]:
    """Return the options for a user namespace, which everyone but a root user with mount permission needs."""
    alone = [_program("unshare"), "--mount", "--", "/bin/sh", "-c", f"{_program('mount')} -t tmpfs tmpfs /mnt"]
    if os.geteuid() == 0 and subprocess.run(alone, capture_output=True, check=False).returncode == 0:
        return []
    return ["--user", "--map-root-user"]


def _program(name: str) -> str:
    found = shutil.which(name, path=step_path())
    if found is None:
        raise AssertionError(f"isolation_problem did not report that {name} is missing")
    return found
