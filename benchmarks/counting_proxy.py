"""An HTTP proxy on this machine that counts what commands download through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

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
        with closing(writer):
            method, target, _ = (await reader.readline()).decode().split()
            while (await reader.readline()).strip():
                pass
            host, _, port = target.partition(":")
            if method != "CONNECT":
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
                return
            try:
                remote_reader, remote_writer = await asyncio.open_connection(host, int(port))
            except OSError:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                return
            with closing(remote_writer):
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(
                    self._pass_on(reader, remote_writer, counted=False),
                    self._pass_on(remote_reader, writer, counted=True),
                )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                self.received += len(data) if counted else 0
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(self, started: Future[Callable[[], object]]) -> None:
        """Serve until the function is called that `started` gets."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self.handle, "localhost", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            started.set_result(lambda: loop.call_soon_threadsafe(stopped.set))
            await stopped.wait()


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """Run a proxy in a thread."""
    proxy = CountingProxy()
    started: Future[Callable[[], object]] = Future()
    with ThreadPoolExecutor(1) as thread:
        serving = thread.submit(asyncio.run, proxy.serve(started))
        either: list[Future[Any]] = [serving, started]
        wait(either, return_when=FIRST_COMPLETED)
        if serving.done():
            serving.result()  # why it could not start
        stop = started.result()
        try:
            yield proxy
        finally:
            stop()
