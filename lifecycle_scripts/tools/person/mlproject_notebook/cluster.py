"""Whether the cluster of the project answers, or the network reaches Livy of its application."""

import socket
from urllib.parse import urlsplit

from mlproject_notebook.instance import aws, write_setup

_SECONDS = 3
_PORTS = {"http": 80, "https": 443}


def check_cluster(description):
    """Record whether Livy answers at the address in the parameter of the stack that has Spark."""
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
        socket.create_connection((parts.hostname, parts.port or _PORTS.get(parts.scheme, 0)), timeout=_SECONDS).close()
        state = "answers"
    except (OSError, ValueError):
        state = "silent"
    write_setup(cluster={"state": state, "address": address})
