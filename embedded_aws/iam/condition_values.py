"""The values of condition keys other than texts; what AWS's pages do not define is no value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import ipaddress
import re
from datetime import datetime
from decimal import Decimal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# A number of four digits may be a year too.
_SECONDS = re.compile(r"(?!\d{4}$)\d+", re.ASCII)
# A day without a time is not one moment: https://www.w3.org/TR/NOTE-datetime
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_PREFIX = re.compile(r"[^/]+/\d+", re.ASCII)


def read_number(text: str) -> Decimal:
    """An integer or decimal number.

    Raises:
        ValueError: it is none.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return Decimal(text)


def read_date(text: str) -> Decimal:
    """Seconds since 1970, of a date that is written so or as the W3C's profile of ISO 8601 has it.

    Raises:
        ValueError: it is none.
    """
    if _SECONDS.fullmatch(text):
        return Decimal(text)
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2026-01-31T00:00:00Z, nor seconds since 1970")
    return Decimal(str(datetime.fromisoformat(text).timestamp()))


def is_in_network(text: str, address: str) -> bool:
    """Whether an address is in a range; an address of IPv4 is the range of itself.

    Raises:
        ValueError: one of the two is none, or it depends on the range of an address of IPv6 without a prefix, to which
            AWS's page gives the prefix of IPv4.
    """
    given = _address(address)
    answers = {given in network for network in _networks(text)}
    if len(answers) > 1:
        raise ValueError(f"{text!r} has no prefix such as /128")
    return answers.pop()


def _address(text: str) -> Address:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.scope_id):
        raise ValueError(f"{text!r} is an address of IPv4 or of a zone")
    return address


def _networks(text: str) -> tuple[Network, ...]:
    """The range, in both readings where there are two."""
    if "/" in text:
        if not _PREFIX.fullmatch(text):
            raise ValueError(f"{text!r} has no prefix such as /24")
        network = ipaddress.ip_network(text)
        _address(str(network.network_address))
        return (network,)
    if _address(text).version == 4:
        return (ipaddress.ip_network(text),)
    return ipaddress.ip_network(text), ipaddress.ip_network(f"{text}/32", strict=False)


def read_boolean(text: str) -> bool:
    """True or false.

    Raises:
        ValueError: it is neither.
    """
    if text not in {"true", "false"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text == "true"


def read_bytes(text: str) -> bytes:
    """Bytes from base64.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text, validate=True)
