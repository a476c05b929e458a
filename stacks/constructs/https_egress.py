"""The way out that everything of a project has: to AWS's services, by HTTPS."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2


def https_egress() -> ec2.CfnSecurityGroup.EgressProperty:
    """HTTPS to anywhere.

    It is not limited to a range: S3's gateway endpoint has public addresses, and the id of their prefix list would need
    a lookup. The subnets' routes lead nowhere but into the VPC and to that endpoint.
    """
    return ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="tcp", from_port=443, to_port=443, cidr_ip="0.0.0.0/0", description="HTTPS to the VPC endpoints"
    )
