"""`mlproject` in a process that is forked from one with everything imported: imports take most of a short command.

The command's own start, with its program in `.venv/bin`, is what tests/cli/test_main.py and the suites `gitlab` and
`deploy` run.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mlproject.errors import REFERENCE
from tests.checkouts import ROOT, inherited_variables

_ENDED = b""


def run_mlproject(
    *arguments: str,
    folder: Path,
    variables: Mapping[str, str] = MappingProxyType({}),
    answer: str = "",
    merge: bool = False,
    keep_reference: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run `mlproject ARGUMENTS` and return its exit code and output.

    Args:
        arguments: of the command.
        folder: the working directory. The code is that of this checkout.
        variables: environment variables beside those of this process that select no AWS account.
        answer: what its standard input contains.
        merge: whether messages are part of the output, in their order.
        keep_reference: whether the messages contain the line that leads from an error to docs/.
    """
    environment = {**inherited_variables(), "PYTHONPATH": str(ROOT), **variables}
    if environment["PYTHONPATH"] != str(ROOT):
        # A process of its own imports what the test puts there.
        done = subprocess.run(
            [sys.executable, "-m", "mlproject.cli.main", *arguments],
            cwd=folder,
            env=environment,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            text=True,
            check=False,
        )
        return _finished(done.returncode, done.stdout, done.stderr or "", keep_reference=keep_reference)
    with (
        tempfile.TemporaryFile("w+") as typed,
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as messages,
        socket.socket(socket.AF_UNIX) as connection,
    ):
        typed.write(answer)
        typed.seek(0)
        connection.connect(_server()[0])
        call = {"arguments": arguments, "folder": str(folder), "variables": environment}
        files = [typed.fileno(), output.fileno(), (output if merge else messages).fileno()]
        # The call follows, since a message with files is not longer than a buffer.
        socket.send_fds(connection, [b"\n"], files)
        connection.sendall(json.dumps(call).encode() + b"\n")
        code = connection.recv(16)
        assert code != _ENDED, "the process from which commands are forked has ended"
        output.seek(0)
        messages.seek(0)
        return _finished(int(code), output.read(), messages.read(), keep_reference=keep_reference)


def _finished(code: int, output: str, messages: str, *, keep_reference: bool) -> subprocess.CompletedProcess[str]:
    told = (output, messages) if keep_reference else (without_reference(output), without_reference(messages))
    return subprocess.CompletedProcess(["mlproject"], code, *told)


def without_reference(text: str) -> str:
    """Return the output of a command without the line that leads from its error to docs/."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(REFERENCE))


def install_mlproject(folder: Path) -> None:
    """Write a program `mlproject` for shells, which starts as fast as the above.

    Args:
        folder: of programs.
    """
    program = folder / "mlproject"
    program.write_text(_PROGRAM.format(python=sys.executable, address=_server()[0]))
    program.chmod(0o755)


# Waits until the command has ended, and ends with its exit code.
_PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
call = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "variables": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("{address}")
    socket.send_fds(connection, [b"\\n"], [0, 1, 2])
    connection.sendall(json.dumps(call).encode() + b"\\n")
    sys.exit(int(connection.recv(16)))
"""


@functools.cache
def _server() -> tuple[str, socket.socket, subprocess.Popen[bytes]]:
    """Start the process of this test worker; return its address and what keeps it running."""
    address = str(Path(tempfile.mkdtemp(prefix="mlproject-")) / "socket")
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "tests.mlproject_command", address, str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    assert ours.recv(1) != _ENDED, "the process from which commands are forked has not started"
    return address, ours, process


def _serve(address: str, lifeline: int) -> None:
    import boto3  # noqa: F401  # Commands import it when they need it.

    from mlproject.cli.main import build_app
    from mlproject.parameters import load_parameters  # noqa: F401

    build_app()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(fileno=lifeline) as starter:
        listener.bind(address)
        listener.listen(64)
        starter.sendall(b"\n")
        # Nobody waits for the processes between this one and the commands.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while starter not in select.select([listener, starter], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                starter.close()
                _answer(connection)
            connection.close()
    shutil.rmtree(Path(address).parent)


def _answer(connection: socket.socket) -> None:
    """Run a command in one more process, so that its exit code is known however it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command = os.fork()
    if command == 0:
        _run(connection)
    code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    connection.sendall(str(code).encode())
    os._exit(0)


def _run(connection: socket.socket) -> None:
    from mlproject.cli.main import main

    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile() as lines:
        call: dict[str, Any] = json.loads(lines.readline())
    connection.close()
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["variables"])
    sys.path[0] = call["folder"]
    sys.argv = ["mlproject", *call["arguments"]]
    main()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
