"""What the starter of a server and the server itself agree on: the listening socket, and the word that it stays."""

from __future__ import annotations

import socket

# What the starter sends over the link once the server's record is written.
KEEP = b"keep\n"


def listen(port: int) -> socket.socket:
    """A listening socket for this machine only: what goes over it is not encrypted.

    Args:
        port: 0 takes a free one.

    Raises:
        OSError: the port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
