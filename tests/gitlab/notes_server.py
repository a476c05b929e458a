"""The part of GitLab's API that notes of merge requests need, on this machine.

https://docs.gitlab.com/api/notes/#merge-requests
https://docs.gitlab.com/api/commits/#list-all-merge-requests-associated-with-a-commit
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = 7
TOKEN = "glpat-of-the-test"  # pragma: allowlist secret
PER_PAGE = 2
_COMMIT = re.compile(r"/api/v4/projects/12/repository/commits/([0-9a-f]{40})/merge_requests")
_NOTES = re.compile(r"/api/v4/projects/12/merge_requests/3/notes(?:/(\d+))?")


@dataclass(kw_only=True)
class NotesServer:
    """A running server.

    Args:
        url: its address.
        notes: the notes of merge request 3 of project 12, the oldest first.
        merge_requests: the merge requests of each commit.
        refused: HTTP status by method, such as `{"POST": 403}`.
    """

    url: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)
    merge_requests: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def add(self, body: str, *, author: int = BOT) -> int:
        """Add a note and return its ID."""
        self.notes.append({"id": 100 + len(self.notes), "body": body, "author": {"id": author}})
        return int(self.notes[-1]["id"])


@contextmanager
def serve_notes() -> Iterator[NotesServer]:
    """Run a server on a free port."""
    state = NotesServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Keep the output of the tests clean."""

        def _answer(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _handle(self) -> None:
            address = urlsplit(self.path)
            found = _NOTES.fullmatch(address.path)
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else {}
            if self.headers.get("PRIVATE-TOKEN") != TOKEN:
                self._answer(401, {"message": "401 Unauthorized"})
            elif self.command in state.refused:
                self._answer(state.refused[self.command], {"message": "refused"})
            elif address.path == "/api/v4/user":
                self._answer(200, {"id": BOT, "username": "project_12_bot"})
            elif commit := _COMMIT.fullmatch(address.path):
                self._answer(200, state.merge_requests.get(commit[1], []))
            elif not found:
                self._answer(404, {"message": "404 Not found"})
            elif self.command == "GET":
                self._list(parse_qs(address.query))
            elif self.command == "POST":
                state.add(sent["body"])
                self._answer(201, state.notes[-1])
            else:
                self._update(int(found[1]), sent["body"])

        def _list(self, query: dict[str, list[str]]) -> None:
            number = int(query.get("page", ["1"])[0])
            newest_first = state.notes[::-1] if query["sort"] == ["desc"] else state.notes
            following = f"{state.url}{urlsplit(self.path).path}?sort={query['sort'][0]}&page={number + 1}"
            is_last = number * PER_PAGE >= len(state.notes)
            headers = {} if is_last else {"Link": f'<{following}>; rel="next"', "X-Next-Page": str(number + 1)}
            self._answer(200, newest_first[(number - 1) * PER_PAGE : number * PER_PAGE], headers)

        def _update(self, note: int, body: str) -> None:
            (found,) = [each for each in state.notes if each["id"] == note]
            if found["author"]["id"] != BOT:
                self._answer(403, {"message": "403 Forbidden"})
                return
            found["body"] = body
            self._answer(200, found)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815 (names of the base class)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
