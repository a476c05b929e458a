"""boto3 clients of the embedded AWS itself: one for each service and region, shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config


class Clients:
    """Clients that reach one server, as the CloudFormation service reaches the others.

    Args:
        endpoint: such as `http://localhost:5000`.
        access_key, secret_key: what the requests are signed with: the administrator's.
    """

    def __init__(self, endpoint: str, *, access_key: str, secret_key: str) -> None:
        self._endpoint = endpoint
        self._session = boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def of(self, account: str, region: str) -> Callable[[str], Any]:
        """A function that gives the client of a service in this account and region."""
        return lambda service: self._client(service, account, region)

    def _client(self, service: str, account: str, region: str) -> Any:
        key = (service, account, region)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(service, account, region)
            return self._made[key]

    def _make(self, service: str, account: str, region: str) -> Any:
        client = self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            config=Config(
                # A retry would only hide what the embedded AWS answers, and wait.
                retries={"total_max_attempts": 1},
                max_pool_connections=32,
                connect_timeout=5,
                read_timeout=120,
                tcp_keepalive=True,
                s3={"addressing_style": "path"},
            ),
        )

        def name_account(request: Any, **_: Any) -> None:
            request.headers["x-moto-account-id"] = account

        client.meta.events.register("before-sign", name_account)
        return client
