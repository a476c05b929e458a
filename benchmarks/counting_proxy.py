"""An HTTP proxy on this machine that counts what commands download through it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 1 << 16


@dataclass(kw_only=True)
class CountingProxy:
    """A running proxy.

    Args:
        port: where it listens.
        received: bytes that it passed on to commands, encrypted as they were sent.
    """

    port: int = 0
    received: int = field(default=0)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables with which uv, pip and npm use the proxy."""
        url = f"http://localhost:{self.port}"
        return {"HTTPS_PROXY": url, "https_proxy": url, "HTTP_PROXY": url, "http_proxy": url, "npm_config_noproxy": ""}

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a command with the host that it names, and pass on what both send. Only CONNECT is supported."""
        method, target, _ = (await reader.readline()).decode().split()
        while (await reader.readline()).strip():
            pass
        host, _, port = target.partition(":")
        if method != "CONNECT":
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
            writer.close()
            return
        remote_reader, remote_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(
            self._pass_on(reader, remote_writer, counted=False), self._pass_on(remote_reader, writer, counted=True)
        )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                self.received += len(data) if counted else 0
                writer.write(data)
                await writer.drain()
        writer.close()


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """Run a proxy in a thread."""
    proxy = CountingProxy()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.run_coroutine_threadsafe(asyncio.start_server(proxy.handle, "localhost", 0), loop)
    server = starting.result()
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
