"""Whether the cluster of the project answers."""

import socket
from urllib.parse import urlsplit

from mlproject_notebook.instance import aws, write_setup

_SECONDS = 3
_LIVY_PORT = 8998


def check_cluster(description):
    """Record whether Livy answers at the address in the parameter of the cluster's stack."""
    name = description["livy_parameter"]
    if not name:
        return
    try:
        address = aws("ssm", "get-parameter", "--name", name, "--query", "Parameter.Value", "--output", "text")
    except OSError as error:
        write_setup(cluster={"state": "unknown", "reason": str(error)})
        return
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname, parts.port or _LIVY_PORT), timeout=_SECONDS).close()
        state = "answers"
    except (OSError, ValueError):
        state = "silent"
    write_setup(cluster={"state": state, "address": address})
