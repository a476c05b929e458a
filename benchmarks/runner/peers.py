"""The programs that `mlproject run` is compared with, in their own virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measurement import ROOT, measure_seconds

_LOCK = Path(__file__).with_name("peers.txt")
_FOLDER = ROOT / "build" / "benchmarks" / "peers"


def install_dvc() -> Path:
    """Return the command `dvc` of the locked version; install it if necessary."""
    command = _FOLDER / "bin" / "dvc"
    stamp = _FOLDER / "installed.txt"
    if not stamp.is_file() or stamp.read_bytes() != _LOCK.read_bytes():
        measure_seconds(["uv", "venv", "--quiet", "--clear", "--python", sys.executable, _FOLDER])
        python = _FOLDER / "bin" / "python"
        measure_seconds(["uv", "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", _LOCK])
        # As pip and make install do; otherwise only the first runs would include compilation.
        measure_seconds([python, "-m", "compileall", "-q", _FOLDER / "lib"])
        stamp.write_bytes(_LOCK.read_bytes())
    return command
