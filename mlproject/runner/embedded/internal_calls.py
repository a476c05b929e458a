"""Call the internal API of the embedded AWS, `/_embedded/...`, over a persistent connection."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from mlproject.runner.storage.object_store import UnreachableError

_TIMEOUT = 30.0  # seconds for an internal call


class InternalCalls:
    """Calls signed with the user's credentials; thread-safe.

    Args:
        endpoint: such as `http://localhost:5000`.
        boto3_session: provides the credentials.
    """

    def __init__(self, endpoint: str, boto3_session: Any) -> None:
        self._endpoint = endpoint
        self._session = boto3_session
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def send(self, method: str, call: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Send a JSON request, and return the status and the JSON of the response.

        Raises:
            UnreachableError: the embedded AWS does not respond.
        """
        content = json.dumps(body).encode()
        with self._lock:
            for attempt in (1, 2):
                try:
                    connection = self._connection or self._connect()
                    headers = self._signed(method, call, content)
                    connection.request(method, f"/_embedded/{call}", body=content, headers=headers)
                    answer = connection.getresponse()
                    text = answer.read()
                    return answer.status, json.loads(text) if text else {}
                except (OSError, http.client.HTTPException, ValueError) as error:
                    # The server may have closed an idle connection, so retry once with a new one. An answer that is
                    # not JSON comes from something between this process and the server.
                    if self._connection:
                        self._connection.close()
                    self._connection = None
                    if attempt == 2:
                        raise UnreachableError(self._endpoint) from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connection. The next call opens a new one."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def _signed(self, method: str, call: str, content: bytes) -> dict[str, str]:
        """Return the signed headers. The server allows these calls only to its administrator."""
        url = f"{self._endpoint}/_embedded/{call}"
        request = AWSRequest(method=method, url=url, data=content, headers={"Content-Type": "application/json"})
        SigV4Auth(self._session.get_credentials(), "mlproject", "local").add_auth(request)
        return dict(request.headers.items())

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._endpoint)
        self._connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port, timeout=_TIMEOUT)
        return self._connection
