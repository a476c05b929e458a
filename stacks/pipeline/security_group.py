"""Security group of a project's pipeline jobs."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.constructs.https_egress import https_egress


class JobSecurityGroup(Construct):
    """Security group that allows only HTTPS to AWS services and encrypted traffic between the nodes of a job.

    Args:
        vpc_id: the VPC.
        project: name of the project, for the description.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc_id: str, project: str) -> None:
        super().__init__(scope, construct_id)
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"Jobs of the pipeline of {project}",
            vpc_id=vpc_id,
            security_group_egress=[https_egress()],
        )
        self.group_id = group.attr_group_id
        # Traffic between the nodes of a job is encrypted with IPsec: key exchange and payload (protocol 50).
        # https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
        self._between_nodes("Keys", protocol="udp", port=500)
        self._between_nodes("Payload", protocol="50", port=None)

    def _between_nodes(self, name: str, *, protocol: str, port: int | None) -> None:
        description = "Encrypted traffic between the nodes of one job"
        ec2.CfnSecurityGroupIngress(
            self,
            f"{name}In",
            group_id=self.group_id,
            source_security_group_id=self.group_id,
            ip_protocol=protocol,
            from_port=port,
            to_port=port,
            description=description,
        )
        ec2.CfnSecurityGroupEgress(
            self,
            f"{name}Out",
            group_id=self.group_id,
            destination_security_group_id=self.group_id,
            ip_protocol=protocol,
            from_port=port,
            to_port=port,
            description=description,
        )
