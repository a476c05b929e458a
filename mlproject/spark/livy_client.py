"""Calls of Livy's REST API that the commands need."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class SparkSessionStatus:
    """An interactive session.

    Args:
        id: its number.
        kind: `pyspark`, `sql` or another kind.
        state: such as `idle` and `busy`.
    """

    id: int
    kind: str
    state: str


class LivyClient:
    """Client of a Livy server on this machine.

    Args:
        port: its port.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    def sessions(self) -> tuple[SparkSessionStatus, ...]:
        """Return all interactive sessions.

        Raises:
            OSError: the server does not respond.
        """
        found = self._send("GET", "/sessions?from=0&size=1000")["sessions"]
        return tuple(SparkSessionStatus(id=each["id"], kind=each["kind"], state=each["state"]) for each in found)

    def _send(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != http.client.OK:
                raise OSError(f"{method} {path} returned {answer.status}")
            return json.loads(content)
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"{method} {path}: {error}") from error
        finally:
            connection.close()
