"""Fake Jupyter server with the API calls of the idle check, over TLS as on SageMaker."""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.lifecycle_scripts.certificates import self_signed_certificate_with_key
from tests.node_scripts.machine import Machine, wait_until

_SERVER = """
import http.server, pathlib, ssl
class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = pathlib.Path("/srv", self.path.removeprefix("/api/")).read_bytes()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), Api)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/srv/certificate.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
pathlib.Path("/srv/ready").touch()
server.serve_forever()
"""


def start_jupyter(
    machine: Machine, *, kernels: list[dict[str, Any]] | None = None, terminals: list[dict[str, Any]] | None = None
) -> None:
    """Start the fake server, which reads its responses from files in /srv at each request."""
    folder = machine.file("/srv")
    folder.mkdir(exist_ok=True)
    (folder / "certificate.pem").write_text(self_signed_certificate_with_key("notebook"))
    (folder / "server.py").write_text(_SERVER)
    # A server that was started long ago.
    (folder / "status").write_text('{"started": "2026-01-01T00:00:00.000000Z"}')
    (folder / "kernels").write_text(json.dumps(kernels or []))
    (folder / "terminals").write_text(json.dumps(terminals or []))
    machine.spawn(sys.executable, "/srv/server.py")
    wait_until((folder / "ready").exists)
