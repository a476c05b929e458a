"""Numbers, dates, Booleans and addresses in conditions."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tests.embedded_aws.iam.reference.model import UndeterminedError

Network = IPv4Network | IPv6Network
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_digits(text: str) -> bool:
    """Report whether the text consists of ASCII digits."""
    return text.isascii() and text.isdigit()


def parse_number(text: str) -> Decimal:
    """Return an integer or decimal value."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
    unsigned = text[1:] if text[:1] == "-" else text
    whole, point, decimals = unsigned.partition(".")
    if not is_digits(whole) or (point and not is_digits(decimals)):
        raise UndeterminedError(f"not an integer or decimal value: {text!r}")
    return Decimal(text)


def parse_boolean(text: str) -> bool:
    """Return the Boolean for the text true or false."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
    if text not in ("true", "false"):
        raise UndeterminedError(f"not true or false: {text!r}")
    return text == "true"


def parse_binary(text: str) -> bytes:
    """Return the bytes for a base-64 text."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UndeterminedError(f"not base-64: {text!r}") from None


def parse_date(text: str) -> Fraction:
    """Return the seconds since 1970 for a W3C date and time or an epoch time."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    if is_digits(text) and len(text) != 4:
        return Fraction(int(text))
    day, separator, time = text.partition("T")
    if separator == "":
        # The W3C formats allow a year, month or day alone, which is not one instant.
        raise UndeterminedError(f"a date without a time: {text!r}")
    try:
        return parse_date_time(day, time)
    except (ValueError, IndexError, OverflowError):
        raise UndeterminedError(f"not a W3C date and time: {text!r}") from None


def parse_date_time(day: str, time: str) -> Fraction:
    """Return the seconds since 1970 for YYYY-MM-DD and hh:mm[:ss[.s]]TZD."""
    # https://www.w3.org/TR/NOTE-datetime
    if time[-1] == "Z":
        clock, offset = time[:-1], timedelta()
    else:
        clock, zone = time[:-6], time[-6:]
        hours, minutes = parse_fields(zone[1:], ":", (2, 2))
        sign = {"+": 1, "-": -1}.get(zone[0], 0)
        if sign == 0:
            raise ValueError(zone)
        offset = sign * timedelta(hours=hours, minutes=minutes)
    clock, point, decimals = clock.partition(".")
    widths = (2, 2) if len(clock) == 5 else (2, 2, 2)
    if point and (not is_digits(decimals) or len(widths) == 2):
        raise ValueError(decimals)
    hour, minute, second = [*parse_fields(clock, ":", widths), 0][:3]
    year, month, day_of_month = parse_fields(day, "-", (4, 2, 2))
    local = datetime(year, month, day_of_month, hour, minute, second, tzinfo=UTC)
    instant = local - offset
    seconds = Fraction((instant - EPOCH) // timedelta(seconds=1))
    return seconds + (Fraction(int(decimals), 10 ** len(decimals)) if point else 0)


def parse_fields(text: str, separator: str, widths: tuple[int, ...]) -> list[int]:
    """Return numeric fields that have exactly the given widths."""
    fields = text.split(separator)
    if [len(field) for field in fields] != list(widths) or not all(map(is_digits, fields)):
        raise ValueError(text)
    return [int(field) for field in fields]


def is_in_network(address: str, network: str) -> bool:
    """Report whether an IP address is in a CIDR range."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
    try:
        parsed_address = ip_address(address)
        networks = parse_networks(network)
    except ValueError:
        raise UndeterminedError(f"not an address or a CIDR range: {address!r}, {network!r}") from None
    for parsed in (parsed_address, networks[0].network_address):
        if isinstance(parsed, IPv6Address) and (parsed.ipv4_mapped or parsed.scope_id):
            raise UndeterminedError(f"an IPv4-mapped or scoped IPv6 address: {parsed}")
    answers = {parsed_address in candidate for candidate in networks}
    if len(answers) != 1:
        raise UndeterminedError(f"the /32 default for an IPv6 address: {network}")
    return answers.pop()


def parse_networks(text: str) -> list[Network]:
    """Return the CIDR range, in both readings of an IPv6 address without a prefix."""
    if "/" in text:
        if not is_digits(text.partition("/")[2]):
            raise ValueError(text)
        return [ip_network(text)]
    # An address without a routing prefix has the default prefix /32.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
    if ip_address(text).version == 4:
        return [ip_network(text + "/32")]
    return [ip_network(text + "/32", strict=False), ip_network(text + "/128")]
