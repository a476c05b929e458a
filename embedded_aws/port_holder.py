"""Who holds a port, in words: for the message when a given port is taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from embedded_aws.internal_client import ask_health

LISTENING = "0A"


def port_holder(port: int) -> str | None:
    """Who listens on a port of this machine.

    Returns:
        "the embedded AWS of FOLDER (process N)", "process N (name)", or None when it cannot be known.
    """
    health = ask_health(port, timeout=0.5)
    if health:
        return f"the embedded AWS of {health['folder']} (process {health['pid']})"
    return _by_proc(port)


def _by_proc(port: int) -> str | None:
    inodes = set(_inodes(port))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(file.readlink()) in inodes for file in (process / "fd").iterdir()):
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
        except OSError:
            continue  # another user's process, or one that just ended
    return None


def _inodes(port: int) -> Iterator[str]:
    """The sockets that listen on the port: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield f"socket:[{fields[9]}]"
