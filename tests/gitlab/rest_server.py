"""A local HTTP server with the REST API of one GitLab project."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import unquote, urlsplit

from tests.gitlab.rest_api import JSON, GitLabProject, RejectedError


@dataclass(frozen=True, kw_only=True)
class GitLabServer:
    """A running server with one project. Tokens: maintainer, developer, read-only (a maintainer's), expired.

    Args:
        url: such as `http://127.0.0.1:40123`.
        project: the project, which tests may prepare and inspect.
    """

    url: str
    project: GitLabProject


ROLES = {"maintainer": 40, "read-only": 40, "developer": 30}
EXPIRED = {"error": "invalid_token", "error_description": "Token is expired. You can either do re-authorization."}
NO_SCOPE = {"error": "insufficient_scope", "scope": "api"}


class LocalServer(ThreadingHTTPServer):
    def server_bind(self) -> None:
        """Bind without the look-up of the host's name, which takes half a second."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]


@contextmanager
def serve(project: GitLabProject) -> Iterator[GitLabServer]:
    """Run a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            try:
                status, answer = 200, self.answer(body)
            except RejectedError as error:
                status, answer = error.status, error.body
            content = b"<html>Sign in</html>" if project.is_sign_in_page else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def answer(self, body: JSON) -> object:
            token = self.headers.get("PRIVATE-TOKEN", "")
            if token not in ROLES:
                raise RejectedError(401, EXPIRED)
            if token == "read-only" and self.command != "GET":  # pragma: allowlist secret
                raise RejectedError(403, NO_SCOPE)
            found = re.fullmatch(r"/api/v4/projects/([^/]+)(/.*)?", urlsplit(self.path).path)
            if found is None or unquote(found[1]) not in (project.path, str(project.id)):
                raise RejectedError(404, {"message": "404 Project Not Found"})
            return project.answer(self.command, found[2] or "", body, ROLES[token])

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = LocalServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield GitLabServer(url=f"http://127.0.0.1:{server.server_port}", project=project)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
