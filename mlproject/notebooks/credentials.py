"""Temporary credentials for kernels on this machine, renewed as on a notebook instance."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class CredentialServer:
    """HTTP server on this machine from which AWS clients get the credentials of a role, and newer ones in time.

    The protocol is that of containers, which boto3, the AWS CLI and the other SDKs support:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html.
    Credentials in environment variables would expire while a notebook is open.

    Args:
        request_credentials: returns AccessKeyId, SecretAccessKey, SessionToken and Expiration.
    """

    def __init__(self, request_credentials: Callable[[], Mapping[str, str]]) -> None:
        self._token = secrets.token_urlsafe()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(request_credentials, self._token))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that direct AWS clients to this server."""
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{self._server.server_port}/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._token,
        }


def _handler(request_credentials: Callable[[], Mapping[str, str]], token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not secrets.compare_digest(self.headers.get("Authorization", "").encode(), token.encode()):
                self._answer(HTTPStatus.FORBIDDEN, {"code": "AccessDenied", "message": "the token is wrong"})
                return
            try:
                given = request_credentials()
            except Exception as error:
                # Clients print the message; an exception here would only be printed on the terminal.
                self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"code": type(error).__name__, "message": str(error)})
                return
            self._answer(HTTPStatus.OK, {**given, "Token": given["SessionToken"]})

        def _answer(self, status: HTTPStatus, document: Mapping[str, str]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Requests are of no interest on the terminal."""

    return Handler
