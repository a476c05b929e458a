"""A real Jupyter Server with real kernels on a machine, over TLS on port 8443 as on SageMaker."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lifecycle_scripts.certificates import self_signed_certificate_with_key
from tests.node_scripts.machine import Machine, wait_until

ROOT = Path(__file__).parents[2]
ENVIRONMENT = (ROOT / ".venv-notebooks").resolve()
PYTHON = str(ENVIRONMENT / "bin" / "python")
RUNTIME = "/home/ec2-user/.local/share/jupyter/runtime"

_CALL = """
import json, ssl, sys, urllib.request
method, url, token, body = sys.argv[1:]
request = urllib.request.Request(url, method=method, headers={"Authorization": "token " + token}, data=body.encode())
with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=60) as response:
    print(response.read().decode())
"""
# Sends code to a kernel, as a browser does through the server. With "wait", it ends when the code has run.
_EXECUTE = """
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
# A kernel of a busy machine is not dead if it misses a heartbeat of a second.
client.hb_channel.time_to_dead = 60
client.start_channels()
client.wait_for_ready(timeout=60)
if sys.argv[3] == "wait":
    client.execute_interactive(sys.argv[2], timeout=60)
else:
    client.execute(sys.argv[2])
"""
# A tab of a browser: it stays connected, sends what is typed, and reads what it is sent.
_TAB = """
import json, pathlib, ssl, sys, websocket
url, typed = sys.argv[1:]
tab = websocket.create_connection(url, sslopt={"cert_reqs": ssl.CERT_NONE})
if typed:
    tab.send(json.dumps(["stdin", typed]))
while True:
    tab.recv()
"""


@dataclass(kw_only=True)
class RealJupyter:
    """A running server on a machine, whose files and processes belong to the user of the notebook.

    Args:
        machine: its machine, which has the environment ENVIRONMENT.
        token: token of the server. SageMaker's has none.
        port: port of the server.
    """

    machine: Machine
    token: str = ""
    port: int = 8443
    _url: str = field(init=False)

    def start(self) -> None:
        """Start the server and wait until it responds."""
        certificate = self.machine.file("/srv/certificate.pem")
        certificate.parent.mkdir(exist_ok=True)
        certificate.write_text(self_signed_certificate_with_key("notebook"))
        self._url = f"https://localhost:{self.port}/api/"
        arguments = (
            "--certfile=/srv/certificate.pem",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            "--ServerApp.root_dir=/home/ec2-user/SageMaker",
            "--ServerApp.disable_check_xsrf=True",
            "--ServerApp.jpserver_extensions={}",
            "--no-browser",
        )
        self.machine.spawn(
            *("/usr/sbin/runuser", "-u", "ec2-user", "--", "env", "HOME=/home/ec2-user", "SHELL=/bin/bash"),
            *(PYTHON, "-m", "jupyter_server", *arguments),
        )
        wait_until(self._responds)

    def kill(self) -> None:
        """Kill the server and its kernels, as a crash does."""
        for process in [*self.machine.processes("-m jupyter_server"), *self.machine.processes("ipykernel_launcher")]:
            process.kill()
        wait_until(lambda: not self.machine.processes("-m jupyter_server"))

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the API of the server."""
        text = json.dumps(body) if body is not None else ""
        done = self.machine.run(PYTHON, "-c", _CALL, method, self._url + path, self.token, text, user="ec2-user")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def start_kernel(self) -> str:
        """Start a kernel, run nothing in it, and return its id."""
        started: str = self.call("POST", "kernels", {"name": "python3"})["id"]
        return started

    def kernel(self, kernel: str) -> dict[str, Any]:
        """Return what the server tells about a kernel."""
        found: dict[str, Any] = self.call("GET", f"kernels/{kernel}")
        return found

    def execute(self, kernel: str, code: str, *, wait: bool = True) -> None:
        """Run code in a kernel, and wait until it has run, or only until it runs."""
        path = f"{RUNTIME}/kernel-{kernel}.json"
        done = self.machine.run(PYTHON, "-c", _EXECUTE, path, code, "wait" if wait else "", user="ec2-user")
        assert done.returncode == 0, done.stderr
        state = "idle" if wait else "busy"
        wait_until(lambda: self.kernel(kernel)["execution_state"] == state)

    def start_terminal(self) -> str:
        """Open a terminal, and return its name."""
        name: str = self.call("POST", "terminals", {})["name"]
        return name

    def open_tab(self, path: str, *, typed: str = "") -> None:
        """Connect a tab of a browser, which stays until the machine is powered off.

        Args:
            path: path of its websocket.
            typed: text that is typed in a terminal.
        """
        query = f"?token={self.token}" if self.token else ""
        self.machine.spawn(PYTHON, "-c", _TAB, f"wss://localhost:{self.port}/{path}{query}", typed)

    def close(self) -> None:
        """End all kernels and terminals."""
        for kind, key in (("kernels", "id"), ("terminals", "name")):
            for each in self.call("GET", kind):
                self.call("DELETE", f"{kind}/{each[key]}")

    def _responds(self) -> bool:
        done = self.machine.run(PYTHON, "-c", _CALL, "GET", self._url + "status", self.token, "", user="ec2-user")
        return done.returncode == 0
