"""Which commit is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

UNKNOWN = "unknown"


@contextmanager
def commit(root: Path) -> Iterator[Callable[[], str]]:
    """Ask git in the background while other things are read; the value waits for the answer.

    The commit carries `-dirty` when tracked files differ from it, and is `unknown` outside a git checkout.
    """
    try:
        asked = [
            subprocess.Popen(
                ["git", "-C", str(root), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        ]
    except FileNotFoundError:
        yield lambda: UNKNOWN
        return

    def answer() -> str:
        (head, _), (changes, _) = [process.communicate() for process in asked]
        if any(process.returncode for process in asked):
            return UNKNOWN
        return f"{head.strip()}-dirty" if changes.strip() else str(head.strip())

    try:
        yield answer
    finally:
        for process in asked:
            if process.stdout and not process.stdout.closed:
                process.communicate()
