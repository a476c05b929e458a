"""How a VPC's range is divided among its subnets."""

from __future__ import annotations

from ipaddress import ip_network

# A quarter of the range for each subnet: two zones fill half, the rest is free for a third zone or other subnets.
# No subnet is smaller than /28: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_QUARTER_BITS = 2
_SMALLEST_SUBNET = 28


def subnet_ranges(cidr: str) -> list[str]:
    """The ranges that a VPC's range has room for, in order: four, or two in the smallest VPC (/27)."""
    network = ip_network(cidr)
    bits = min(_QUARTER_BITS, _SMALLEST_SUBNET - network.prefixlen)
    return [str(block) for block in network.subnets(prefixlen_diff=bits)]
