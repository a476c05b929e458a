"""A proxy in front of the embedded AWS, in a process of its own, which breaks some of the requests."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3_ERROR = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
_QUERY_ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>1</RequestId></ErrorResponse>"
)
_DRIBBLE_SECONDS = 0.02


class Request(BaseHTTPRequestHandler):
    """A request, and what a fault can do with it."""

    protocol_version = "HTTP/1.1"

    def refuse(self, status: int, *, s3_code: str, code: str) -> None:
        """Answer with an error in the format of the service."""
        self._read_body()
        message = "This is a fault of the test."
        if "X-Amz-Target" in self.headers:
            kind, body = "application/x-amz-json-1.1", f'{{"__type": "{code}", "message": "{message}"}}'
        elif "form-urlencoded" in self.headers.get("Content-Type", ""):
            kind, body = "text/xml", _QUERY_ERROR.format(code=code, message=message)
        else:
            kind, body = "application/xml", _S3_ERROR.format(code=s3_code, message=message)
        self._send(status, {"Content-Type": kind}, body.encode())

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def forward(self) -> tuple[int, dict[str, str], bytes]:
        """Send the request to the embedded AWS, and return its answer."""
        body = self._read_body()
        upstream = http.client.HTTPConnection("localhost", self.server.port)  # type: ignore[attr-defined]
        upstream.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer.status, dict(answer.headers.items()), content

    def answer(self, status: int, headers: dict[str, str], body: bytes, *, sent: int | None = None) -> None:
        """Answer, or send only some bytes of the body and close the connection."""
        own = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
        if self.command != "HEAD":
            own["Content-Length"] = str(len(body))
        self._send(status, own, body if sent is None else body[:sent])
        if sent is not None:
            self.close_connection = True

    def dribble(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Answer a few bytes at a time."""
        self.answer(status, headers, body, sent=0)
        step = max(1, len(body) // 20)
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            time.sleep(_DRIBBLE_SECONDS)

    def handle(self) -> None:
        """Handle the requests of a connection until it ends, which a client that is killed resets."""
        with contextlib.suppress(ConnectionResetError):
            super().handle()

    def handle_request(self) -> None:
        """Let the proxy decide."""
        number = next(self.server.numbers)  # type: ignore[attr-defined]
        try:
            self.server.treat(self, number)  # type: ignore[attr-defined]
        except OSError:
            self.close_connection = True  # the client has gone

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = handle_request  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)


_HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "content-length"})
# Receives a request and its number, from 1.
Treatment = Callable[[Request, int], None]


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running proxy.

    Args:
        pid: its process.
        endpoint: its URL.
    """

    pid: int
    endpoint: str

    def stop(self) -> None:
        """End its process."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def start_proxy(port: int, treat: Treatment) -> Proxy:
    """Start a proxy.

    Args:
        port: of the embedded AWS.
        treat: handles each request, in parallel threads.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
    server.daemon_threads = True
    server.port, server.treat, server.numbers = port, treat, itertools.count(1)  # type: ignore[attr-defined]
    pid = os.fork()
    if pid == 0:
        server.serve_forever()
    server.socket.close()
    return Proxy(pid=pid, endpoint=f"http://localhost:{server.server_port}")
