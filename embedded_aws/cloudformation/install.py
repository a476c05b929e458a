"""Putting the engine in place of moto's CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from embedded_aws.cloudformation.clients import Clients
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.resource_rules import resource_rules
from embedded_aws.resources.handler import HANDLERS, Handler

if TYPE_CHECKING:
    from embedded_aws.cloudformation.responses import Engines


def install(clients: Clients, *, handlers: Mapping[str, Handler] | None = None) -> Engines:
    """Answer CloudFormation's requests in this process's moto server with our engine; call it before the server starts.

    moto reads a service's routes from its module `urls` when the first request for the service arrives: that table
    is all that changes.

    Args:
        clients: what the handlers call the services with.
        handlers: by resource type; those of embedded_aws.resources if none are given.
    """
    # moto's modules take a second to import, and tests that drive the engine directly do not need them.
    from moto.cloudformation import urls

    from embedded_aws.cloudformation.responses import CloudFormationResponse, Engines

    if handlers is None:
        import embedded_aws.resources  # noqa: F401

        handlers = HANDLERS
    known = handlers

    def make(account: str, region: str) -> Engine:
        return Engine(
            client=clients.of(account, region),
            handlers=known,
            account=account,
            region=region,
            rules=partial(resource_rules, region=region),
            client_as=partial(clients.of, account, region),
        )

    engines = Engines(make)
    CloudFormationResponse.engines = engines
    urls.url_paths.clear()
    urls.url_paths["{0}/$"] = CloudFormationResponse.dispatch
    return engines
