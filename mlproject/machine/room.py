"""What the machine has: disk, memory, ports, and variables that would lead elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlproject.outcome import Outcome, ok, problem, warning

# Measured: .venv and node_modules take 1.2 GB, a demo's data, copies and models 0.3 GB.
DISK_GB = 2.0
# Measured: the embedded AWS 0.4 GB, the CDK CLI with its app 0.5 GB, a training step 0.6 GB.
MEMORY_GB = 3.0


def disk(root: Path) -> Iterator[Outcome]:
    """Free space where the checkout lies, and where temporary files go."""
    for what, folder in (("checkout", root), ("temporary files", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free / 1e9
        message = f"{free:.1f} GB free for {what} ({folder})"
        if free < DISK_GB:
            yield problem("disk", f"{message}, {DISK_GB:g} GB are needed", "free some, or move it to a larger disk")
        else:
            yield ok("disk", message)


def memory() -> Iterator[Outcome]:
    """The machine's memory; a container's limit is not seen here."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    if total < MEMORY_GB:
        yield warning("memory", f"{total:.1f} GB", f"the demo needs {MEMORY_GB:g} GB; close other programs")
    else:
        yield ok("memory", f"{total:.1f} GB")


def ports() -> Iterator[Outcome]:
    """Whether a server can listen on localhost and be reached there: the embedded AWS does."""
    try:
        with socket.create_server(("localhost", 0)) as server, socket.create_connection(server.getsockname()[:2], 5):
            port = server.getsockname()[1]
    except OSError as error:
        yield problem(
            "ports",
            f"nothing can listen on localhost ({error.strerror or error})",
            "let localhost name 127.0.0.1 in /etc/hosts, and let programs listen there",
        )
    else:
        yield ok("ports", f"localhost works (tried {port})")


def variables(given: Mapping[str, str], misleading: Iterable[str]) -> Iterator[Outcome]:
    """Variables that lead boto3 or the CDK CLI elsewhere than these commands mean.

    Args:
        given: the process's variables.
        misleading: their names.
    """
    found = [name for name in misleading if given.get(name)]
    if found:
        yield warning(
            "variables",
            f"the CDK CLI and boto3 are led elsewhere than the embedded AWS by {', '.join(found)}",
            'eval "$(mlproject local env)" unsets them in a shell',
        )
    else:
        yield ok("variables", "none leads away from the embedded AWS")
