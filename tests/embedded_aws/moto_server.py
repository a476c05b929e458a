"""A moto server inside the test process, with the gaps filled: what handlers and gaps are tested against."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from unittest.mock import patch
from urllib.request import Request, urlopen

from moto.moto_api._internal import moto_api_backend
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server

from embedded_aws import gaps
from embedded_aws.administrator import Administrator
from embedded_aws.cloudformation.clients import Clients
from embedded_aws.dispatcher import Dispatcher
from embedded_aws.keep_alive import KeepAliveRequestHandler

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


def _create_service(service: Any) -> Any:
    app = create_backend_app(service)
    # What moto raises is a status of 500.
    app.debug = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@contextmanager
def running_services(*, managed_policies: bool = True) -> Iterator[Services]:
    """Run a server.

    Args:
        managed_policies: load AWS's policies, as the embedded AWS does; a server without them resets a second sooner.
    """
    gaps.install()
    application = Dispatcher(_create_service)
    server = make_server("localhost", 0, application, threaded=True, request_handler=KeepAliveRequestHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    with patch.dict(os.environ, MOTO_IAM_LOAD_MANAGED_POLICIES=str(managed_policies).lower()):
        thread.start()
        try:
            yield Services(f"http://localhost:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
    if not managed_policies:
        # All servers of a process share moto's state.
        moto_api_backend.reset()
