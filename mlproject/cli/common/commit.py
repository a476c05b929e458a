"""The commit that is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

UNKNOWN = "unknown"


@contextmanager
def read_commit(root: Path) -> Iterator[Callable[[], str]]:
    """Run git in the background and yield a function that waits for it and returns the commit.

    The commit ends with `-dirty` if tracked files differ from it. It is `unknown` outside a git checkout.
    """
    try:
        processes = [
            subprocess.Popen(
                ["git", "-C", str(root), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        ]
    except FileNotFoundError:
        yield lambda: UNKNOWN
        return

    def wait_for_commit() -> str:
        (head, _), (changes, _) = [process.communicate() for process in processes]
        if any(process.returncode for process in processes):
            return UNKNOWN
        return f"{head.strip()}-dirty" if changes.strip() else str(head.strip())

    try:
        yield wait_for_commit
    finally:
        for process in processes:
            if process.stdout and not process.stdout.closed:
                process.communicate()
