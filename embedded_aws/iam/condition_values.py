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

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_YEAR_LENGTH = 4
# https://www.w3.org/TR/NOTE-datetime
_DATE = re.compile(r"\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?", re.ASCII)
_MONTH_LENGTH, _DAY_LENGTH = len("2026-01"), len("2026-01-01")


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
        ValueError: it is none, or a year alone, which may be a number of seconds too.
    """
    if _NUMBER.fullmatch(text) and len(text) != _YEAR_LENGTH:
        return Decimal(text)
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2026-01-31T00:00:00Z, nor seconds since 1970")
    rest = {_MONTH_LENGTH: "-01T00:00Z", _DAY_LENGTH: "T00:00Z"}.get(len(text), "")
    return Decimal(str(datetime.fromisoformat(text + rest).timestamp()))


def read_address(text: str) -> Address:
    """An address of IPv4 or IPv6.

    Raises:
        ValueError: it is none.
    """
    return ipaddress.ip_address(text)


def read_network(text: str) -> Network:
    """A range of addresses; an address of IPv4 is the range of itself.

    Raises:
        ValueError: it is none, or an address of IPv6 without a prefix, to which AWS's page gives the prefix of IPv4.
    """
    network = ipaddress.ip_network(text, strict=False)
    if network.version == 6 and "/" not in text:
        raise ValueError(f"{text!r} has no prefix, such as /128")
    return network


def read_boolean(text: str) -> bool:
    """True or false, in any case.

    Raises:
        ValueError: it is neither.
    """
    if text.lower() not in {"true", "false"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def read_bytes(text: str) -> bytes:
    """Bytes from base64.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text, validate=True)
