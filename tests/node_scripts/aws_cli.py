"""The program `aws` of a sandbox: AWS's own CLI, loaded once for each user and locale, and forked for each call.

Loading takes several times as long as a call, and the scripts make hundreds of calls. A call ends when its caller is
killed, like a process of its own. Python reads the locale at its start, so that a loaded process serves only one.
Uses the Python environment of the tests: aws_cli.py ARGUMENT ...
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

_LOCALE = "".join(os.environ.get(name, "") for name in ("LC_ALL", "PYTHONUTF8"))
_SOCKET = f"{os.environ.get('AWS_CLI_SOCKETS', '/tmp')}/.aws-{os.getuid()}{_LOCALE}"
_SERVE = "--serve"
_KILLED = 137


def main() -> int:
    """Run one call, or the process from which calls are forked."""
    if sys.argv[1:] == [_SERVE]:
        return serve()
    with connect() as connection:
        call = {
            "arguments": sys.argv[1:],
            "variables": dict(os.environ),
            "folder": str(Path.cwd()),
            "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        }
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))]
        connection.sendmsg([json.dumps(call).encode() + b"\n"], rights)
        code = connection.recv(4)
    return int(code) if code else _KILLED


def connect() -> socket.socket:
    """Connect to the process of this user, and start it if there is none."""
    connection = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError):
        connection.connect(_SOCKET)
        return connection
    with Path(f"{_SOCKET}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):
            connection.connect(_SOCKET)
            return connection
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "start_new_session": True}
        with Path(f"{_SOCKET}.log").open("w") as log:
            server = subprocess.Popen([sys.executable, __file__, _SERVE], stderr=log, cwd="/", **quiet)
        while server.poll() is None:
            with contextlib.suppress(OSError):
                connection.connect(_SOCKET)
                return connection
            time.sleep(0.01)
    raise SystemExit(f"aws: see {_SOCKET}.log")


def serve() -> int:
    """Accept calls, each in a process of its own, until the sandbox ends."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]

    driver = create_clidriver()
    # Loads the modules of a client, and the model of S3.
    nobody = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    driver.session.create_client("s3", region_name="eu-west-1", **nobody)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(_SOCKET)
    listener.listen(64)
    while True:
        connection, _ = listener.accept()
        # A process between this one and the call lets nobody have to wait for the call.
        middle = os.fork()
        if middle == 0:
            if os.fork() == 0:
                listener.close()
                answer(driver, connection)
            os._exit(0)
        os.waitpid(middle, 0)
        connection.close()


def answer(driver: Any, connection: socket.socket) -> None:
    """Run a call as the process that made it would, and send its exit code."""
    data, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(3 * 4))
    descriptors = array.array("i", ancillary[0][2])
    while not data.endswith(b"\n"):
        data += connection.recv(65536)
    call = json.loads(data)
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["variables"])
    resource.setrlimit(resource.RLIMIT_AS, (call["memory"], resource.getrlimit(resource.RLIMIT_AS)[1]))

    def end_with_caller() -> None:
        connection.recv(1)
        os._exit(_KILLED)

    threading.Thread(target=end_with_caller, daemon=True).start()
    code = 1
    try:
        code = driver.main(call["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        with contextlib.suppress(OSError):
            connection.sendall(str(code).encode())
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
