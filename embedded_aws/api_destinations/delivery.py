"""One request of EventBridge to an API destination.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from __future__ import annotations

import base64
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from embedded_aws.api_destinations.addresses import locate
from embedded_aws.iam.context import Context
from embedded_aws.iam.role_simulation import AccessQuery, RoleNotFoundError, simulate_role
from embedded_aws.service_credentials import RoleNotTrustedError, assume_for_service

log = logging.getLogger(__name__)

_SERVICE = "events.amazonaws.com"
# "The maximum client execution timeout is 5 seconds", and the headers of each request: the page above.
_SECONDS = 5.0
_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
}


class _NotDeliveredError(Exception):
    """The request was not made, or was answered with an error."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another server must not get the credentials of a connection."""

    def redirect_request(self, *_: Any) -> None:
        return None


# The caller's proxy cannot reach this machine.
_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def deliver(target: Mapping[str, Any], body: str, *, rule_arn: str, backend: Any) -> bool:
    """Call an API destination once, with the permissions of the target's role.

    AWS repeats a request that fails; this does not.

    Args:
        target: of a rule.
        body: what the input of the target makes of the event.
        rule_arn: the rule.
        backend: moto's EventBridge of the account and region.

    Returns:
        whether the destination accepted it; the log has the reason if not.
    """
    arn = target["Arn"]
    try:
        _check_role(target, rule_arn=rule_arn)
        destination = _find(backend.destinations, arn)
        connection = _find(backend.connections, destination.connection_arn)
        _call(destination, connection.auth_parameters, body)
    except _NotDeliveredError as error:
        log.warning("EventBridge did not call %s: %s", arn, error)
        return False
    return True


def _check_role(target: Mapping[str, Any], *, rule_arn: str) -> None:
    """Require that EventBridge may assume the role, and that the role may call the destination."""
    role = target.get("RoleArn")
    if not role:
        raise _NotDeliveredError("the target has no RoleArn")
    _, _, _, region, account, _ = rule_arn.split(":", 5)
    query = AccessQuery(action="events:InvokeApiDestination", resource=target["Arn"], context=Context())
    try:
        assume_for_service(account, region, role, _SERVICE, source_arn=rule_arn)
        (decision,) = simulate_role(account, region, role, [query], accounts=[account])
    except (RoleNotFoundError, RoleNotTrustedError) as error:
        raise _NotDeliveredError(str(error)) from error
    if not decision.allowed:
        raise _NotDeliveredError(f"{role} is not authorized to perform: {query.action} {decision.reason}")


def _find(named: Mapping[str, Any], arn: str) -> Any:
    for each in named.values():
        if each.arn == arn:
            return each
    raise _NotDeliveredError(f"{arn} does not exist")


def _call(destination: Any, credentials: Mapping[str, Any], body: str) -> None:
    endpoint = destination.invocation_endpoint
    url = locate(endpoint)
    if url is None:
        raise _NotDeliveredError(
            f"the system of {endpoint} is not registered (python -m embedded_aws destination --help)"
        )
    parameters = credentials.get("InvocationHttpParameters", {})
    query = urlencode([(each["Key"], each["Value"]) for each in parameters.get("QueryStringParameters", [])])
    request = urllib.request.Request(  # noqa: S310  (Addresses accepts https, or http on this machine)
        url + (f"{'&' if '?' in url else '?'}{query}" if query else ""),
        data=body.encode(),
        method=destination.http_method,
        headers={**_HEADERS, **dict(_headers(credentials, parameters))},
    )
    try:
        with _OPENER.open(request, timeout=_SECONDS):
            pass
    except urllib.error.HTTPError as error:
        with error:
            raise _NotDeliveredError(f"{endpoint} answered {error.code}") from error
    except OSError as error:
        raise _NotDeliveredError(f"{endpoint} cannot be reached at {url} ({error})") from error


def _headers(credentials: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in parameters.get("HeaderParameters", []):
        yield each["Key"], each["Value"]
    if key := credentials.get("ApiKeyAuthParameters"):
        yield key["ApiKeyName"], key["ApiKeyValue"]
    elif user := credentials.get("BasicAuthParameters"):
        text = f"{user['Username']}:{user['Password']}"
        yield "Authorization", f"Basic {base64.b64encode(text.encode()).decode()}"
    else:
        raise _NotDeliveredError("the embedded AWS calls with an API key or a password only, not with OAuth")
