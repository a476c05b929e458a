"""The calls that our own parts make to the embedded AWS and that no AWS has: `/_mlproject/...`, in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlproject
from mlproject.embedded_aws.front import Application, Environ, StartResponse

PREFIX = "/_mlproject/"


class InternalApi:
    """Answers the internal calls and hands on everything else.

    Args:
        application: what comes behind.
        folder: the server's own, told by `health`.
    """

    def __init__(self, application: Application, *, folder: Path) -> None:
        self.application = application
        self.folder = folder
        self.calls: dict[tuple[str, str], Callable[[Any], tuple[int, Any]]] = {
            ("GET", "health"): self._health,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX):
            return self.application(environ, start_response)
        call = self.calls.get((environ["REQUEST_METHOD"], path.removeprefix(PREFIX)))
        if call is None:
            known = ", ".join(f"{method} {PREFIX}{name}" for method, name in self.calls)
            return _reply(start_response, 404, {"message": f"no such internal call; there are: {known}"})
        try:
            request = _body(environ)
        except ValueError as error:
            return _reply(start_response, 400, {"message": f"the body is not JSON: {error}"})
        return _reply(start_response, *call(request))

    def _health(self, _: Any) -> tuple[int, Any]:
        return 200, {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "version": mlproject.__version__,
            "moto": version("moto"),
        }


def _body(environ: Environ) -> Any:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return json.loads(environ["wsgi.input"].read(length)) if length else None


def _reply(start_response: StartResponse, code: int, answer: Any) -> list[bytes]:
    body = b"" if answer is None else json.dumps(answer).encode()
    start_response(f"{code} {HTTPStatus(code).phrase}", [("Content-Type", "application/json")])
    return [body]
