"""moto's choice of a service for a request, without what it works out anew for each one: a quarter of its time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

# Of a class of moto; call `cache_clear` where operations are added to one that has answered a request.
operations_of = cache(method_names_from_class)


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto has no types here
    """Remembers the service of each host, and the operations of each service.

    moto lists its own folder for the one, and inspects a class for the other.

    Args:
        create_app: makes the application of a service that is asked for the first time. Whatever adds operations to
            moto does so there, since they are looked up once.
    """

    def __init__(self, create_app: Callable[[Any], Any]) -> None:
        super().__init__(create_app)
        self._services: dict[str | None, Any] = {}
        responses.method_names_from_class = operations_of

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._services:
            self._services[host] = super().get_backend_for_host(host)
        return self._services[host]
