"""The proxy passes on what commands download, counts it, and says that a host cannot be reached."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.counting_proxy import CountingProxy, counting_proxy

_BODY = b"x" * 100_000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(_BODY)))
        self.end_headers()
        self.wfile.write(_BODY)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing for a request."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server on this machine."""
    with ThreadingHTTPServer(("localhost", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def download(proxy: CountingProxy, host: str, port: int) -> bytes:
    connection = http.client.HTTPConnection("localhost", proxy.port)
    connection.set_tunnel(host, port)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read()
    finally:
        connection.close()


def test_each_byte_from_a_host_is_counted(port: int) -> None:
    with counting_proxy() as proxy:
        assert download(proxy, "localhost", port) == _BODY
        assert len(_BODY) < proxy.received < len(_BODY) + 1_000


def test_a_host_that_cannot_be_reached_is_said_to_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    with counting_proxy() as proxy, pytest.raises(OSError, match="502 Bad Gateway"):
        download(proxy, "no-such-host.invalid", 443)
    assert proxy.received == 0
    assert capfd.readouterr().err == ""


def test_a_proxy_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise OSError("no port is free")

    monkeypatch.setattr("asyncio.start_server", refuse)
    with pytest.raises(OSError, match="no port is free"), counting_proxy():
        pass
