"""A proxy in front of the embedded AWS that answers some requests as S3 does when something is wrong."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import embedded_aws as aws

# A fault answers a GET of an object whose path contains these words.
_OBJECTS = "/libraries/"
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_ERROR = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"

Answer = Callable[[BaseHTTPRequestHandler, int, bytes], None]


def refuse(status: int, code: str, message: str) -> Answer:
    """Return an answer with an error of S3."""

    def answer(request: BaseHTTPRequestHandler, _status: int, _body: bytes) -> None:
        _send(request, status, _ERROR.format(code=code, message=message).encode(), {"Content-Type": "application/xml"})

    return answer


def refuse_clock(*, ahead: datetime.timedelta) -> Answer:
    """Return an answer with the clock of AWS, which refuses what was not signed at this time.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html

    Args:
        ahead: by how much that clock is ahead of this machine's.
    """
    refused = refuse(
        403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
    )

    def answer(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        signed = datetime.datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%S%z")
        if abs(datetime.datetime.now(datetime.UTC) + ahead - signed) > datetime.timedelta(minutes=15):
            refused(request, status, body)
        else:
            _send(request, status, body, {})

    return answer


def once_per_object(answer: Answer) -> Answer:
    """Return an answer that gives another one to the first request for an object, and then what S3 would send."""
    answered: set[str] = set()

    def answer_first(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        if request.path in answered:
            _send(request, status, body, {})
        else:
            answered.add(request.path)
            answer(request, status, body)

    return answer_first


def truncate(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    """Close the connection after half of the object."""
    _send(request, status, body[: len(body) // 2], {"Content-Length": str(len(body))})
    request.close_connection = True


def stall(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    """Send nothing of the object until the caller gives up."""
    _send(request, status, b"", {"Content-Length": str(len(body))})
    request.rfile.read(1)
    request.close_connection = True


@contextlib.contextmanager
def faulty(server: aws.Server, answer: Answer, *, everything: bool = False) -> Iterator[aws.Server]:
    """Run the proxy, and return the embedded AWS behind it.

    Args:
        server: embedded AWS.
        answer: answers the requests for the libraries, with the status and the body that S3 would send.
        everything: whether it answers all requests.
    """

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection = http.client.HTTPConnection("127.0.0.1", server.port)
            connection.request(self.command, self.path, sent or None, dict(self.headers.items()))
            response = connection.getresponse()
            body = response.read()
            connection.close()
            if everything or (self.command == "GET" and _OBJECTS in self.path.partition("?")[0]):
                answer(self, response.status, body)
            else:
                _send(self, response.status, body, dict(response.headers.items()))

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = forward  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield dataclasses.replace(server, port=proxy.server_port, endpoint=f"http://localhost:{proxy.server_port}")
    finally:
        proxy.shutdown()
        proxy.server_close()


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    own = {name: value for name, value in headers.items() if name.lower() not in {"transfer-encoding", "connection"}}
    request.send_response_only(status)
    if request.command != "HEAD":
        own.setdefault("Content-Length", str(len(body)))
    for name, value in own.items():
        request.send_header(name, value)
    request.end_headers()
    with contextlib.suppress(ConnectionError):
        request.wfile.write(body if request.command != "HEAD" else b"")
