"""First process of a sandbox. It mounts the folders, forwards connections to the embedded AWS, and waits.

Runs in new mount, process and network namespaces and uses only the standard library:
machine_init.py ROOT PORT SOCKET [SOURCE=TARGET ...]
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_SET_FLAGS, _UP = 0x8914, 0x1
_HOST = ("usr", "bin", "lib", "lib64")


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def build(root: Path, binds: list[str]) -> None:
    """Mount the programs of the host and the folders of the sandbox."""
    mount("--make-rprivate", "/")
    mount("--bind", str(root), str(root))
    for name in _HOST:
        source, target = Path("/", name), root / name
        if source.is_symlink():
            target.unlink(missing_ok=True)
            target.symlink_to(source.readlink())
        elif source.is_dir():
            bind(str(source), str(target))
    for each in binds:
        source_, _, target_ = each.partition("=")
        bind(source_, str(root / target_.lstrip("/")))
    for name in ("proc", "dev"):
        (root / name).mkdir(exist_ok=True)
    mount("-t", "proc", "proc", str(root / "proc"))
    mount("--rbind", "/dev", str(root / "dev"))


def bind(source: str, target: str) -> None:
    Path(target).mkdir(parents=True, exist_ok=True)
    mount("--rbind", source, target)


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def relay(listener: socket.socket, connect: Callable[[], socket.socket]) -> None:
    """Forward the connections of a listener to `connect()` in both directions, until the listener is closed."""

    def accept() -> None:
        with contextlib.suppress(OSError), listener:
            while True:
                one, _ = listener.accept()
                threading.Thread(target=carry, args=(one, connect), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def carry(one: socket.socket, connect: Callable[[], socket.socket]) -> None:
    """Forward both directions of one connection."""
    with contextlib.suppress(OSError), one, connect() as other:
        targets = {one: other, other: one}
        while targets:
            for source in select.select(list(targets), [], [])[0]:
                data = source.recv(65536)
                if data:
                    targets[source].sendall(data)
                else:
                    targets.pop(source).shutdown(socket.SHUT_WR)


def unix(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


def main() -> None:
    root, port, path, *binds = sys.argv[1:]
    build(Path(root), binds)
    loopback_up()
    os.chroot(root)
    os.chdir("/")
    if int(port):
        relay(socket.create_server(("127.0.0.1", int(port))), lambda: unix(path))
    # Reaps orphaned processes.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
