"""VPC endpoints through which private subnets reach AWS services."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from mlproject.aws_rules.emr import aws_buckets
from mlproject.aws_rules.endpoints import INTERFACES, S3, Endpoint
from mlproject.aws_rules.network_requirements import NetworkRequirements
from stacks.constructs.service_role import Statement, policy_document


class VpcEndpoints(Construct):
    """Endpoints for S3 and other services, limited to callers of this account and to S3 buckets of this account.

    The endpoint of S3 also allows the buckets of AWS that EMR nodes require, if there are clusters, and the existing
    buckets that projects read, which may belong to another account.

    Args:
        vpc_id: the VPC.
        subnet_ids: one subnet in each zone.
        route_table_ids: route tables of the subnets, for the gateway endpoint of S3, which is free of charge. If they
            are unknown (imported network) and thus empty, S3 has an interface endpoint.
        client_ranges: CIDR ranges that may call the interface endpoints.
        requirements: requirements of the projects, in addition to S3 and `INTERFACES`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_id: str,
        subnet_ids: Sequence[str],
        route_table_ids: Sequence[str],
        client_ranges: Sequence[str],
        requirements: NetworkRequirements,
    ) -> None:
        super().__init__(scope, construct_id)
        self._region = cdk.Stack.of(self).region
        self._account = cdk.Stack.of(self).account
        self._partition = cdk.Stack.of(self).partition
        self._aws_buckets = aws_buckets(self._region) if requirements.emr_buckets else ()
        self._existing_buckets = requirements.buckets
        self._vpc_id = vpc_id
        self._subnet_ids = list(subnet_ids)
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            # The fixed name prevents a replacement, and thus a change of the VPC.
            # https://repost.aws/knowledge-center/cloudformation-custom-name
            group_name=f"{cdk.Stack.of(self).stack_name}-endpoints",
            group_description="HTTPS from the network to the interface endpoints",
            vpc_id=vpc_id,
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp", from_port=443, to_port=443, cidr_ip=cidr, description="HTTPS from the network"
                )
                for cidr in client_ranges
            ],
            # Endpoints open no connections. Without a rule, EC2 adds one that allows all traffic.
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp", from_port=443, to_port=443, cidr_ip="127.0.0.1/32", description="Nothing"
                )
            ],
        )
        self._group_id = group.attr_group_id
        s3 = (
            self._gateway(route_table_ids)
            if route_table_ids
            else self._interface(S3, self._s3_policy(), private_dns="AllResolvers")
        )
        services = {
            endpoint.service: self._interface(endpoint, [self._statement(action=f"{_iam_prefix(endpoint.service)}:*")])
            for endpoint in (*INTERFACES, *requirements.endpoints)
        }
        self.endpoint_ids = {name: services.get(name.removeprefix("endpoint-"), s3) for name in requirements.parameters}

    def _gateway(self, route_table_ids: Sequence[str]) -> str:
        return ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=self._vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=S3.name(self._region),
            route_table_ids=list(route_table_ids),
            policy_document=policy_document(self._s3_policy()),
        ).ref

    def _interface(self, endpoint: Endpoint, policy: Sequence[Statement], *, private_dns: str | None = None) -> str:
        return ec2.CfnVPCEndpoint(
            self,
            "".join(part.capitalize() for part in endpoint.service.split(".")),
            vpc_id=self._vpc_id,
            vpc_endpoint_type="Interface",
            service_name=endpoint.name(self._region),
            subnet_ids=self._subnet_ids,
            security_group_ids=[self._group_id],
            private_dns_enabled=True,
            policy_document=policy_document(policy),
            # By default, private DNS names of S3 resolve only for on-premises resolvers:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
            dns_options=ec2.CfnVPCEndpoint.DnsOptionsSpecificationProperty(
                private_dns_only_for_inbound_resolver_endpoint=private_dns
            )
            if private_dns
            else None,
        ).ref

    def _s3_policy(self) -> list[Statement]:
        """Policy that prevents writing to buckets of other accounts, whatever credentials are used.

        Only EMR's logs and the history of applications are written to buckets of AWS. Packages are downloaded without
        credentials, so that their statement has no account. Existing buckets are only read: Athena does not write its
        results from the network.
        """
        existing = [f"arn:{self._partition}:s3:::{name}" for name in self._existing_buckets]
        reading = {
            **self._statement(action="s3:*"),
            "Action": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"],
            "Resource": [*existing, *(f"{bucket}/*" for bucket in existing)],
        }
        return [
            self._statement(action="s3:*", key="aws:ResourceAccount"),
            *([reading] if existing else []),
            *(
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": bucket.action,
                    "Resource": f"arn:{self._partition}:s3:::{bucket.name}/*",
                }
                for bucket in self._aws_buckets
            ),
        ]

    def _statement(self, *, action: str, key: str | None = None) -> Statement:
        """Statement of a data perimeter, which limits accounts. The roles limit the actions.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
        """
        keys = ["aws:PrincipalAccount", *([key] if key else [])]
        return {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": action,
            "Resource": "*",
            "Condition": {"StringEquals": dict.fromkeys(keys, self._account)},
        }


def _iam_prefix(service: str) -> str:
    """Return the IAM prefix of a service, such as `cloudwatch` for `monitoring` and `sagemaker` for `notebook`."""
    return {"monitoring": "cloudwatch", "notebook": "sagemaker"}.get(service, service.partition(".")[0])
