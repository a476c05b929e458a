"""Divide the CIDR range of a VPC among its subnets."""

from __future__ import annotations

from ipaddress import ip_network

# Each subnet has a quarter of the range. Two zones use half of it, and the rest is free for other subnets.
# The smallest subnet is /28: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_QUARTER_BITS = 2
_SMALLEST_SUBNET = 28


def subnet_ranges(cidr: str) -> list[str]:
    """Return the ranges of subnets in order: four, or two in the smallest VPC (/27)."""
    network = ip_network(cidr)
    bits = min(_QUARTER_BITS, _SMALLEST_SUBNET - network.prefixlen)
    return [str(block) for block in network.subnets(prefixlen_diff=bits)]
