"""A moto server inside the test process, with the gaps filled: what handlers and gaps are tested against."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

from embedded_aws import gaps
from embedded_aws.administrator import Administrator
from embedded_aws.cloudformation.clients import Clients

ACCOUNT = "123456789012"
REGION = "eu-west-1"
# moto alone checks no keys.
NOBODY = Administrator(access_key_id="nobody", secret_access_key="checks")


class Services:
    """boto3 clients of one server and region, one per service, as the engine makes them."""

    def __init__(self, endpoint: str, region: str = REGION) -> None:
        self.endpoint = endpoint
        self.clients = Clients(endpoint, administrator=NOBODY)
        self._client = self.clients.of(ACCOUNT, region)

    def __call__(self, service: str) -> Any:
        return self._client(service)

    def reset(self) -> None:
        """Forget everything that was made."""
        with urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")):  # noqa: S310  (our own server)
            pass


@contextmanager
def running_services() -> Iterator[Services]:
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # as the embedded AWS sets it
    gaps.install()
    server = ThreadedMotoServer(ip_address="localhost", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    try:
        yield Services(f"http://localhost:{port}")
    finally:
        server.stop()
