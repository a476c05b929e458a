"""The security group of a project's notebooks."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.constructs.https_egress import https_egress


class NotebookSecurityGroup(Construct):
    """HTTPS to AWS's services, nothing in: people reach Jupyter through SageMaker, not through the VPC.

    A project's EMR stack adds the way to its Livy. Nothing here may change after the first deployment: another group
    would ask for other notebooks, whose names are taken.

    Args:
        vpc_id: the VPC.
        project: for the description.
        removal_policy: as the notebooks', since EC2 deletes no group that an interface uses.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        project: str,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"Notebooks of {project}",
            vpc_id=vpc_id,
            security_group_egress=[https_egress()],
        )
        group.apply_removal_policy(removal_policy)
        self.group_id = group.attr_group_id
