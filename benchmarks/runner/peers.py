"""The programs that `mlproject run` is compared with, in a virtual environment of their own."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measuring import ROOT, seconds

_LOCK = Path(__file__).with_name("peers.txt")
_FOLDER = ROOT / "build" / "benchmarks" / "peers"


def dvc() -> Path:
    """The command `dvc` of the locked version, installed if it is not yet."""
    command = _FOLDER / "bin" / "dvc"
    mark = _FOLDER / "installed.txt"
    if not mark.is_file() or mark.read_bytes() != _LOCK.read_bytes():
        seconds(["uv", "venv", "--quiet", "--clear", "--python", sys.executable, _FOLDER])
        python = _FOLDER / "bin" / "python"
        seconds(["uv", "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", _LOCK])
        # as pip does and make install does: else the first runs would compile and the others not
        seconds([python, "-m", "compileall", "-q", _FOLDER / "lib"])
        mark.write_bytes(_LOCK.read_bytes())
    return command
