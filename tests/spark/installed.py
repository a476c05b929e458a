"""What a checkout needs to start local Spark: the installed one of this checkout, and a port."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.checkouts import ROOT


def link_spark(root: Path) -> None:
    """Let a checkout use this checkout's environment with Spark, and its jars, which the first run downloads."""
    (root / ".venv-spark").symlink_to(ROOT / ".venv-spark", target_is_directory=True)
    jars = ROOT / ".mlproject" / "spark" / "jars"
    jars.mkdir(parents=True, exist_ok=True)
    (root / ".mlproject" / "spark").mkdir(parents=True, exist_ok=True)
    (root / ".mlproject" / "spark" / "jars").symlink_to(jars, target_is_directory=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
