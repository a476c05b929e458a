"""Checks of the system: disk space, memory, ports and environment variables."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.translation import Message

# Measured: .venv and node_modules take 1.2 GB, a demo's data, copies and models 0.3 GB.
DISK_GB = 2.0
# Measured: the embedded AWS 0.4 GB, the CDK CLI with its app 0.5 GB, a training step 0.6 GB.
MEMORY_GB = 3.0


def check_disk(root: Path) -> Iterator[Outcome]:
    """Check the free disk space for the checkout and for temporary files."""
    for purpose, folder in (
        (Message("checkout"), root),
        (Message("temporary files"), Path(tempfile.gettempdir())),
    ):
        free = shutil.disk_usage(folder).free / 1e9
        topic = Message("disk")
        message = Message("{free:.1f} GB free for {purpose} ({folder})", free=free, purpose=purpose, folder=folder)
        if free < DISK_GB:
            required = Message("{message}, but {required:g} GB are required", message=message, required=DISK_GB)
            yield problem(topic, required, Message("free disk space, or move it to a larger disk"))
        else:
            yield ok(topic, message)


def check_memory() -> Iterator[Outcome]:
    """Check the memory of the machine. This ignores the limit of a container."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    topic, message = Message("memory"), Message("{total:.1f} GB", total=total)
    if total < MEMORY_GB:
        needed = Message("the demo needs {required:g} GB; close other programs", required=MEMORY_GB)
        yield warning(topic, message, needed)
    else:
        yield ok(topic, message)


def check_ports() -> Iterator[Outcome]:
    """Check whether a server can listen on localhost and be reached, as the embedded AWS must."""
    try:
        with socket.create_server(("localhost", 0)) as server, socket.create_connection(server.getsockname()[:2], 5):
            port = server.getsockname()[1]
    except OSError as error:
        yield problem(
            Message("ports"),
            Message("servers cannot listen on localhost ({reason})", reason=error.strerror or error),
            Message("map localhost to 127.0.0.1 in /etc/hosts, and allow programs to listen on it"),
        )
    else:
        yield ok(Message("ports"), Message("servers can listen on localhost (tested port {port})", port=port))


def check_variables(given: Mapping[str, str], misleading: Iterable[str]) -> Iterator[Outcome]:
    """Check for variables that make the CDK CLI and boto3 bypass the embedded AWS.

    Args:
        given: the environment variables of the process.
        misleading: the names of such variables.
    """
    names = [name for name in misleading if given.get(name)]
    if names:
        yield warning(
            Message("variables"),
            Message("{names} may make the CDK CLI and boto3 bypass the embedded AWS", names=", ".join(names)),
            Message('eval "$(mlproject local env)" unsets them in a shell'),
        )
    else:
        yield ok(Message("variables"), Message("none bypasses the embedded AWS"))
