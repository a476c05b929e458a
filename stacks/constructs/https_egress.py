"""Egress rule to the endpoints of AWS services."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2


def https_egress() -> ec2.CfnSecurityGroup.EgressProperty:
    """Return an egress rule for HTTPS to any address.

    A CIDR range is not possible, since the gateway endpoint of S3 has public addresses and the id of their prefix list
    would require a lookup. The subnets have routes only within the VPC and to that endpoint.
    """
    return ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="tcp", from_port=443, to_port=443, cidr_ip="0.0.0.0/0", description="HTTPS to the VPC endpoints"
    )
