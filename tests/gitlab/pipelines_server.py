"""The part of GitLab's API that starts pipelines, on this machine.

https://docs.gitlab.com/api/pipelines/#create-a-new-pipeline
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.gitlab.rest_server import LocalServer

TOKEN = "glpat-of-the-pipelines"  # pragma: allowlist secret
PROJECT_ID = 4711


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """A request to the server, whatever it was answered. The names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(kw_only=True)
class PipelinesServer:
    """A running server with one project, whose branches are main and release.

    Args:
        url: its address.
        requests: what it received.
        pipelines: the variables of the pipelines that were started, with their branch as `ref`.
        answer: status and headers of every answer, if they are not GitLab's own.
    """

    url: str = ""
    requests: list[ReceivedRequest] = field(default_factory=list)
    pipelines: list[dict[str, str]] = field(default_factory=list)
    answer: tuple[int, dict[str, str]] | None = None

    def start_pipeline(self, request: ReceivedRequest) -> tuple[int, Any]:
        """Answer as GitLab does."""
        if request.headers.get("private-token") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        if (request.method, request.path) != ("POST", f"/api/v4/projects/{PROJECT_ID}/pipeline"):
            return 404, {"message": "404 Project Not Found"}
        ref, variables = request.body.get("ref"), request.body.get("variables", [])
        if ref not in {"main", "release"}:
            return 400, {"message": {"base": ["Reference not found"]}}
        if not all(each.keys() == {"key", "value"} and isinstance(each["value"], str) for each in variables):
            return 400, {"error": "variables is invalid"}
        self.pipelines.append({"ref": ref, **{each["key"]: each["value"] for each in variables}})
        return 201, {"id": len(self.pipelines), "project_id": PROJECT_ID, "ref": ref, "source": "api"}


@contextmanager
def serve_pipelines() -> Iterator[PipelinesServer]:
    """Run a server on a free port."""
    state = PipelinesServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Print nothing."""

        def handle_any(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(content) if content else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = ReceivedRequest(method=self.command, path=self.path, headers=headers, body=body)
            state.requests.append(request)
            status, answer = state.start_pipeline(request)
            own: dict[str, str] = {}
            if state.answer:
                status, own = state.answer
            sent = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **own}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = LocalServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
