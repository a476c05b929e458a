"""Find the server of a folder that runs although its record was removed or damaged, or is of another version."""

from __future__ import annotations

from pathlib import Path

import psutil

from embedded_aws.internal_client import ask_health
from embedded_aws.server_record import Record, forget, process_started

_PROGRAM = ["-m", "embedded_aws.server", "--folder"]


def recover_record(folder: Path) -> Record | None:
    """Write the record of a folder's running server again, and return it; None if none runs.

    Args:
        folder: the server's own, resolved.

    Raises:
        EmbeddedAwsError: the record cannot be written.
    """
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [])[1:5] != [*_PROGRAM, str(folder)]:
            continue
        record = _record(process)
        if record:
            forget(folder)
            record.write(folder)
            return record
    return None


def _record(process: psutil.Process) -> Record | None:
    """Return the record of a server that answers."""
    started = process_started(process.pid)
    try:
        ports = {each.laddr.port for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN}
    except psutil.Error:
        return None  # it has just ended
    for port in ports:
        health = ask_health(port)
        if started and health and health["pid"] == process.pid:
            return Record(pid=process.pid, started=started, port=port)
    return None
