"""Stack of an environment's network: a new VPC, or only the endpoints in an existing VPC."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.network_requirements import NetworkRequirements
from mlproject.names import network_parameter
from mlproject.parameters import Environment, NewNetwork
from stacks.base import BaseStack, removal_policy
from stacks.network.flow_logs import FlowLogs
from stacks.network.vpc import IsolatedVpc
from stacks.network.vpc_endpoints import VpcEndpoints

# Private VPC addresses, for an imported network whose range is not set in environments.yaml.
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_PRIVATE_RANGES = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")


class NetworkStack(BaseStack):
    """Network that the projects of an environment share. They read its values from SSM parameters.

    The projects share one network, because an account has a quota of five VPCs per region
    (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html), and an interface endpoint costs
    by the hour in each zone, even if unused (https://aws.amazon.com/privatelink/pricing/).

    Args:
        environment: the environment, whose network is new, or imported without endpoints.
        requirements: requirements of its projects.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        requirements: NetworkRequirements,
    ) -> None:
        super().__init__(
            scope,
            "network",
            stack_name=f"{environment.name}-network",
            environment=environment,
            tags=environment_tags(environment),
            description=f"The network of {environment.name}, shared by its projects",
            holds_data=True,
        )
        network = environment.network
        if isinstance(network, NewNetwork):
            vpc = IsolatedVpc(self, "Network", cidr=network.cidr, zones=network.zones)
            FlowLogs(
                self,
                "FlowLogs",
                vpc_id=vpc.vpc_id,
                account=environment.account,
                role_path=environment.role_path,
                removal_policy=removal_policy(environment),
            )
            self._share(environment.name, vpc.vpc_id, vpc.subnet_ids)
            endpoints = VpcEndpoints(
                self,
                "Endpoints",
                vpc_id=vpc.vpc_id,
                subnet_ids=vpc.subnet_ids,
                route_table_ids=[vpc.route_table_id],
                client_ranges=[vpc.cidr],
                requirements=requirements,
            )
        else:
            self._share(environment.name, network.vpc_id, network.subnet_ids)
            endpoints = VpcEndpoints(
                self,
                "Endpoints",
                vpc_id=network.vpc_id,
                subnet_ids=network.subnet_ids,
                route_table_ids=network.route_table_ids,
                client_ranges=[network.cidr] if network.cidr else _PRIVATE_RANGES,
                requirements=requirements,
            )
        for name, endpoint_id in endpoints.endpoint_ids.items():
            parameter = network_parameter(environment.name, name)
            ssm.CfnParameter(endpoints, f"Parameter-{name}", name=parameter, type="String", value=endpoint_id)

    def _share(self, environment: str, vpc_id: str, subnet_ids: Sequence[str]) -> None:
        ssm.CfnParameter(self, "VpcId", name=network_parameter(environment, "vpc-id"), type="String", value=vpc_id)
        ssm.CfnParameter(
            self,
            "SubnetIds",
            name=network_parameter(environment, "subnet-ids"),
            type="StringList",
            value=",".join(subnet_ids),
        )


def environment_tags(environment: Environment) -> dict[str, str]:
    """Return the tags of shared resources, with the same keys as those of a project."""
    return {
        **environment.tags,
        "project": "shared",
        "environment": environment.name,
        "owner": environment.owner,
        "cost-centre": environment.cost_centre,
    }
