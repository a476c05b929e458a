"""Security group of a project's notebooks."""

from __future__ import annotations

from urllib.parse import urlsplit

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.constructs.https_egress import https_egress


class NotebookSecurityGroup(Construct):
    """Security group that allows HTTPS to AWS services and no inbound traffic.

    Users open Jupyter through SageMaker and not through the VPC. The emr stack adds a rule for Livy. A replacement of
    the group would replace the notebooks, which their fixed names prevent. Its properties must therefore not change
    after the first deployment.

    Args:
        vpc_id: the VPC.
        project: name of the project, for the description.
        removal_policy: removal policy of the notebooks, since EC2 does not delete a group in use.
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


class ProxyAccess(Construct):
    """Rule that allows notebooks to reach the proxy of their environment, as a resource of its own.

    Args:
        group_id: security group of the notebooks, whose properties must not change.
        proxy: URL of the proxy with its port. Its addresses are not known at synthesis.
        removal_policy: removal policy of the notebooks.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, group_id: str, proxy: str, removal_policy: cdk.RemovalPolicy
    ) -> None:
        super().__init__(scope, construct_id)
        port = urlsplit(proxy).port
        rule = ec2.CfnSecurityGroupEgress(
            self,
            "Out",
            group_id=group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ip="0.0.0.0/0",
            description="Proxy of the environment",
        )
        rule.apply_removal_policy(removal_policy)
