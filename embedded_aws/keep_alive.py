"""An HTTP request handler that keeps connections open: werkzeug's closes each, which costs an upload 6 ms."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.wsgi import LimitedStream

# A body that nobody read and that is longer than this is not read to its end: the connection is closed.
DRAIN_LIMIT = 16 * 1024 * 1024
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class KeepAliveRequestHandler(MotoRequestHandler):  # type: ignore[misc]  # moto has no types here
    """Answers request after request on one connection; each answer has a length and leaves in one write."""

    protocol_version = "HTTP/1.1"
    # What the base class gathers of an answer's head; untyped there.
    _headers_buffer: list[bytes]
    # Head and body of an answer may be two packets; waiting for the first's acknowledgement costs 40 ms.
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        chunked = bool(environ.get("wsgi.input_terminated"))
        body = environ["wsgi.input"] if chunked else self._body(environ)
        environ["wsgi.input"] = body
        answer = self._answer(environ)
        if chunked or not self._drained(body):
            self.close_connection = True
        self._send(*answer)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the front logs each request with its service and operation."""

    def _body(self, environ: dict[str, Any]) -> io.RawIOBase:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit():
            self.close_connection = True
            return io.BytesIO()  # type: ignore[return-value]  # an empty stream all the same
        return LimitedStream(self.rfile, int(length))  # type: ignore[no-any-return]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """Call the application; it answers every error itself, so nothing is caught here."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            started.append((status, headers))

        parts = self.server.app(environ, start_response)
        try:
            content = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = started[-1]
        return status, headers, content

    def _drained(self, body: io.RawIOBase) -> bool:
        """Read what the application left of the body, so that the next request starts at its first byte."""
        left = DRAIN_LIMIT
        while left > 0:
            chunk = body.read(min(left, 1024 * 1024))
            if not chunk:
                return True
            left -= len(chunk)
        return False

    def _send(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        names = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if self.command == "HEAD" or int(code) in WITHOUT_BODY:
            content = b""
        elif "content-length" not in names:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self._headers_buffer.append(b"\r\n" + content)
        self.flush_headers()
