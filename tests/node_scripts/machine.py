"""A sandbox with the folders, users and programs of a notebook instance or an EMR node, and no network except AWS.

It uses namespaces (https://man7.org/linux/man-pages/man7/namespaces.7.html): the scripts run unchanged, with their
absolute paths, as the same users as on AWS. Stopping the machine kills all its processes at once, like a power failure.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

import embedded_aws as aws
from tests.node_scripts.machine_init import relay

INIT = Path(__file__).with_name("machine_init.py")
AWS_CLI = Path(__file__).with_name("aws_cli.py")
# The only environment variable of lifecycle scripts and bootstrap actions.
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
PATH = "/sbin:/bin:/usr/sbin:/usr/bin"
UID = 1000
_ETC = {
    "passwd": f"root:x:0:0::/root:/bin/bash\nec2-user:x:{UID}:{UID}::/home/ec2-user:/bin/bash\n",
    "group": f"root:x:0:\nec2-user:x:{UID}:\n",
    "hosts": "127.0.0.1 localhost\n",
    # Root can become any user without a password.
    "pam.d/runuser": "auth sufficient pam_rootok.so\naccount required pam_permit.so\nsession required pam_permit.so\n",
}


@functools.cache
def sandbox_problem() -> str | None:
    """Return the reason why sandboxes are not available on this machine, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "sandboxes require Linux namespaces and root"
    tried = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, text=True, check=False
    )
    return f"namespaces are not available: {tried.stderr.strip()}" if tried.returncode else None


def python_like(version: str) -> tuple[Path, bool]:
    """Return the installation of a Python version and True, or the current Python and False if it is not installed."""
    found = sorted(Path(os.environ.get("PYENV_ROOT", "/root/.pyenv"), "versions").glob(f"{version}.*"))
    return (found[-1], True) if found else (Path(sys.base_prefix), False)


@dataclass(kw_only=True)
class Machine:
    """A running machine.

    Args:
        root: root folder, new at each start. Persistent folders are mounted into it.
        server: embedded AWS that the aws CLI calls, or None if AWS is not reachable.
        credentials: environment variables with the credentials of the machine's role.
        binds: source and target of additional bind mounts.
    """

    root: Path
    server: aws.Server | None
    credentials: Mapping[str, str]
    binds: Sequence[tuple[Path, str]]
    _process: subprocess.Popen[str] = field(init=False)
    _socket: socket.socket | None = field(init=False, default=None)

    def start(self) -> None:
        """Start the machine and return when commands can run."""
        self._lay_out()
        port = 9 if self.server is None else self.server.port
        path = self.root / "run" / "aws.sock"
        if self.server:
            self._socket = _listen(path, self.server.port)
        # This Python and its packages, at the same paths.
        own = [(Path(prefix), prefix) for prefix in (sys.base_prefix, sys.prefix)]
        self._process = subprocess.Popen(
            [
                *("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"),
                *(sys.executable, "-I", str(INIT), str(self.root), str(port if self.server else 0), "/run/aws.sock"),
                *(f"{source}={target}" for source, target in [*own, *self.binds]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def power_off(self) -> None:
        """Kill all processes at once."""
        self._process.kill()
        self._process.communicate()
        if self._socket:
            # Closing alone does not end the thread that accepts connections.
            self._socket.shutdown(socket.SHUT_RDWR)

    def run(self, *command: str, user: str = "root", folder: str = "/") -> subprocess.CompletedProcess[str]:
        """Run a command with PATH as the only environment variable, as SageMaker and EMR run scripts."""
        return subprocess.run(
            self._inside(*command, user=user, folder=folder), capture_output=True, text=True, check=False
        )

    def spawn(self, *command: str) -> None:
        """Start a command that runs until the machine is powered off."""
        self.run("/bin/sh", "-c", 'setsid "$@" >/tmp/spawned 2>&1 </dev/null &', "sh", *command)

    def script(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a script as root in /, as SageMaker runs lifecycle configurations."""
        path = self.root / "tmp" / "script"
        path.write_text(text)
        path.chmod(0o755)
        return self.run("/tmp/script")

    def in_network(self, *command: str) -> list[str]:
        """Return a command of this computer that sees the network of the machine, such as a browser."""
        (first,) = psutil.Process(self._process.pid).children()
        return ["nsenter", "--target", str(first.pid), "--net", *command]

    def file(self, path: str) -> Path:
        """Return the path of a file in the machine, which must not be below a bind mount."""
        return self.root / path.lstrip("/")

    def processes(self, words: str) -> list[psutil.Process]:
        """Return the processes whose command line contains this text."""
        found = []
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if words in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def _inside(self, *command: str, user: str = "root", folder: str = "/") -> list[str]:
        (first,) = psutil.Process(self._process.pid).children()
        into = ["nsenter", "--target", str(first.pid), "--mount", "--net", "--pid", "--root", f"--wdns={folder}"]
        switch = [] if user == "root" else ["/usr/sbin/runuser", "-u", user, "--"]
        return [*into, "/usr/bin/env", "-i", f"PATH={PATH}", *switch, *command]

    def _lay_out(self) -> None:
        for name in ("etc/pam.d", "home/ec2-user", "opt", "root", "run", "sbin", "tmp", "var/log"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / "tmp").chmod(0o1777)
        os.chown(self.root / "home" / "ec2-user", UID, UID)
        for name, text in _ETC.items():
            (self.root / "etc" / name).write_text(text)
        shutil.copy("/etc/ld.so.cache", self.root / "etc")
        # Replaces the instance metadata service, from which the aws CLI reads credentials on AWS.
        settings = {**self.credentials, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
        exports = "".join(f"export {name}='{value}'\n" for name, value in settings.items())
        shutil.copy(AWS_CLI, self.root / "run")
        self.program("aws", f'#!/bin/sh\n{exports}exec {sys.executable} -I /run/{AWS_CLI.name} "$@"\n')

    def program(self, name: str, text: str) -> None:
        """Add a program to the machine."""
        path = self.root / "sbin" / name
        path.write_text(text)
        path.chmod(0o755)


@contextlib.contextmanager
def running(
    *,
    server: aws.Server | None,
    binds: Mapping[Path, str],
    same: Sequence[Path] = (),
    programs: Mapping[str, str] | None = None,
    credentials: Mapping[str, str] | None = None,
) -> Iterator[Machine]:
    """Run a machine until the block ends.

    Args:
        server: embedded AWS, or None if AWS is not reachable.
        binds: target of each bind mount, by source.
        same: folders that are mounted at the same path, such as a Python installation.
        programs: text of additional programs, by name.
        credentials: environment variables with the credentials of its role. Defaults to the administrator.
    """
    # A short path, since the path of a socket has at most 107 characters.
    root = Path(tempfile.mkdtemp(prefix="machine-"))
    root.chmod(0o755)
    given = credentials or (server.environment(aws.ACCOUNT, "eu-south-2") if server else _NOWHERE)
    variables = {name: value for name, value in given.items() if name.startswith("AWS_") and "REGION" not in name}
    machine = Machine(
        root=root, server=server, credentials=variables, binds=[*binds.items(), *((path, str(path)) for path in same)]
    )
    for name, text in (programs or {}).items():
        (root / "sbin").mkdir(exist_ok=True)
        machine.program(name, text)
    machine.start()
    try:
        yield machine
    finally:
        machine.power_off()
        shutil.rmtree(root)


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll until the condition is true. The timeout of the test limits the time."""
    while not condition():
        time.sleep(0.02)


_NOWHERE = {"AWS_ENDPOINT_URL": "http://localhost:9", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


def _listen(path: Path, port: int) -> socket.socket:
    """Return the outer end of the only connection of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen()
    relay(listener, lambda: socket.create_connection(("127.0.0.1", port)))
    return listener
