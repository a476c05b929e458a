"""Access to Livy for the notebooks of the same project."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from mlproject.aws_rules.emr import LIVY_PORT


class EmrNotebookAccess(Construct):
    """Rules that allow the notebooks' security group to reach the primary node on the port of Livy.

    Args:
        notebook_group_id: security group of the project's notebooks, in another stack.
        primary_group_id: security group of the primary node.
    """

    def __init__(self, scope: Construct, construct_id: str, *, notebook_group_id: str, primary_group_id: str) -> None:
        super().__init__(scope, construct_id)
        ec2.CfnSecurityGroupIngress(
            self,
            "In",
            group_id=primary_group_id,
            source_security_group_id=notebook_group_id,
            ip_protocol="tcp",
            from_port=LIVY_PORT,
            to_port=LIVY_PORT,
            description="Livy for the notebooks of the project",
        )
        ec2.CfnSecurityGroupEgress(
            self,
            "Out",
            group_id=notebook_group_id,
            destination_security_group_id=primary_group_id,
            ip_protocol="tcp",
            from_port=LIVY_PORT,
            to_port=LIVY_PORT,
            description="Livy of the cluster of the project",
        )
