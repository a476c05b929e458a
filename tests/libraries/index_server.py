"""A package index over HTTP, whose versions can be yanked (https://peps.python.org/pep-0503/ and pep-0592)."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.libraries.registry import Registry, sha256


@contextmanager
def serve_index(registry: Registry, yanked: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Serve the wheels of a registry, and yield the variables with which uv and pip use only this index.

    Args:
        registry: the wheels.
        yanked: reasons by the file name of the wheel; read at each request.
    """

    class Index(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            folder, _, name = self.path.strip("/").partition("/")
            if folder == "files":
                content, kind = (registry.wheels / name).read_bytes(), "application/octet-stream"
            else:
                content, kind = _page(sorted(registry.wheels.glob(f"{name.replace('-', '_')}-*")), yanked), "text/html"
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    configuration = registry.folder / "uv-index.toml"
    configuration.write_text("")
    with ThreadingHTTPServer(("localhost", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_address[1]}/simple"
        try:
            yield {
                **registry.variables(),
                "UV_CONFIG_FILE": str(configuration),
                "UV_DEFAULT_INDEX": address,
                "PIP_INDEX_URL": address,
                "PIP_NO_INDEX": "0",
                "PIP_FIND_LINKS": "",
            }
        finally:
            server.shutdown()


def _page(wheels: list[Path], yanked: Mapping[str, str]) -> bytes:
    if not wheels:
        return b""
    links = [
        f'<a href="/files/{each.name}#sha256={sha256(each)}"'
        + (f' data-yanked="{html.escape(yanked[each.name])}"' if each.name in yanked else "")
        + f">{each.name}</a><br>"
        for each in wheels
    ]
    return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
