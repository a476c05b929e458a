"""The WSGI application of the embedded AWS: moto's dispatcher, what is added to it, and the front before it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import create_backend_app

from embedded_aws import cloudformation, gaps
from embedded_aws.accounts import Accounts
from embedded_aws.administrator import Administrator
from embedded_aws.api_destinations import Addresses, configure_addresses
from embedded_aws.cloudformation.clients import Clients
from embedded_aws.dispatcher import Dispatcher
from embedded_aws.error_middleware import ErrorMiddleware
from embedded_aws.gaps.s3.addresses import accept_line_breaks
from embedded_aws.iam import Guard, Journal
from embedded_aws.internal_api import InternalApi
from embedded_aws.issuers import Issuers


def build_application(*, endpoint: str, folder: Path, administrator: Administrator) -> ErrorMiddleware:
    """Put the pieces in a row: front, guard, internal calls, moto.

    Args:
        endpoint: where the server answers, such as `http://localhost:5000`; the engine calls itself there.
        folder: the server's own.
        administrator: whose keys the engine works with, and who alone makes internal calls.
    """
    accounts = Accounts(folder)
    configure_addresses(Addresses(folder))
    clients = Clients(endpoint, administrator=administrator)
    services = Dispatcher(partial(_create_service, clients))
    journal = Journal()
    internal = InternalApi(services, folder=folder, journal=journal)
    guard = Guard(internal, administrator=administrator, accounts=accounts, issuers=Issuers(folder), journal=journal)
    return ErrorMiddleware(guard)


def _create_service(clients: Clients, service: Any) -> Any:
    """One service of moto, asked for the first time; its unexpected errors go to the front instead of Flask's page.

    What moto lacks is installed here: importing what it changes takes a second, which no start should wait for.
    """
    gaps.install()
    if service == "cloudformation":
        cloudformation.install(clients)
    if service == "s3":
        accept_line_breaks()
    app = create_backend_app(service)
    app.debug = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app
