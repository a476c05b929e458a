"""A client of Livy's REST API, as SparkMagic uses it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

SECONDS = 240.0
_POLL_SECONDS = 0.1
_STARTING = ("not_started", "starting")
_UNFINISHED = ("waiting", "running", "cancelling")


@dataclass(frozen=True, kw_only=True)
class Livy:
    """A running Livy server.

    Args:
        port: its port.
        log: its log.
    """

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        with requests.Session() as client:
            client.trust_env = False
            response = client.request(method, f"{self.url}{path}", json=body, timeout=SECONDS)
        return response.json()

    def create_session(self, *, kind: str) -> int:
        """Start a session, and return its number when it is idle."""
        number: int = self.call("POST", "/sessions", {"kind": kind})["id"]
        state = self._wait(f"/sessions/{number}", _STARTING)["state"]
        assert state == "idle", self.log.read_text()[-4000:]
        return number

    def has_session(self, number: int) -> bool:
        """Return whether a session exists and can run statements."""
        return self.call("GET", f"/sessions/{number}").get("state") in ("idle", "busy")

    def submit(self, session: int, code: str, **fields: str) -> int:
        number: int = self.call("POST", f"/sessions/{session}/statements", {"code": code, **fields})["id"]
        return number

    def result(self, session: int, statement: int) -> Any:
        """Return a statement when it has ended."""
        return self._wait(f"/sessions/{session}/statements/{statement}", _UNFINISHED)

    def run(self, session: int, code: str, **fields: str) -> Any:
        """Return the output of a statement."""
        finished = self.result(session, self.submit(session, code, **fields))
        assert finished["state"] == "available"
        return finished["output"]

    def wait_for(self, session: int, statement: int, state: str) -> None:
        self._wait(f"/sessions/{session}/statements/{statement}", ("waiting", "running"), until=state)

    def submit_batch(self, file: str, *arguments: str) -> int:
        """Start a program, and return its number."""
        number: int = self.call("POST", "/batches", {"file": file, "args": arguments})["id"]
        return number

    def batch_state(self, batch: int) -> str:
        """Return the state of a batch when it has ended."""
        return str(self._wait(f"/batches/{batch}", (*_STARTING, "running"))["state"])

    def batch_log(self, batch: int) -> list[str]:
        lines: list[str] = self.call("GET", f"/batches/{batch}/log?from=0&size=10000")["log"]
        return lines

    def wait_for_line(self, batch: int, line: str) -> None:
        """Return when a batch has printed a line."""
        deadline = time.monotonic() + SECONDS
        while line not in self.batch_log(batch):
            assert time.monotonic() < deadline, self.batch_log(batch)
            time.sleep(_POLL_SECONDS)

    def _wait(self, path: str, states: tuple[str, ...], until: str | None = None) -> Any:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            answer = self.call("GET", path)
            if answer["state"] == until or (until is None and answer["state"] not in states):
                return answer
            time.sleep(_POLL_SECONDS)
        raise AssertionError(f"{path} is still {answer}")
