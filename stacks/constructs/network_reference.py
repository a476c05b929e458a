"""The network of an environment, as a project's stack refers to it."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from mlproject.aws_rules.network_requirements import NetworkRequirements
from mlproject.names import network_parameter
from mlproject.parameters import Environment, NewNetwork


class NetworkReference(Construct):
    """The VPC and its subnets: through the SSM parameters of the network's stack, or the ids of an imported network.

    Args:
        environment: the environment that owns or imports the network.
        needs: what the stack needs of the network. CloudFormation refuses to deploy the stack while the parameter that
            stands for it is missing; whether endpoints of somebody else exist, only preflight can tell.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, needs: NetworkRequirements
    ) -> None:
        super().__init__(scope, construct_id)
        network = environment.network
        if isinstance(network, NewNetwork):
            vpc = cdk.CfnParameter(
                self,
                "VpcId",
                type="AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>",
                default=network_parameter(environment.name, "vpc-id"),
                description=f"The VPC of {environment.name}, from its network stack",
            )
            subnets = cdk.CfnParameter(
                self,
                "SubnetIds",
                type="AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>",
                default=network_parameter(environment.name, "subnet-ids"),
                description=f"The private subnets of {environment.name}, from its network stack",
            )
            self.vpc_id = vpc.value_as_string
            ids = subnets.value_as_list
            self.subnet_ids = [cdk.Fn.select(index, ids) for index in range(len(network.zones))]
        else:
            self.vpc_id = network.vpc_id
            self.subnet_ids = list(network.subnet_ids)
        if environment.has_network_stack and needs.parameters:
            self._require(needs, environment=environment.name)

    def _require(self, needs: NetworkRequirements, *, environment: str) -> None:
        found = [
            cdk.CfnParameter(
                self,
                f"Needs-{name}",
                type="AWS::SSM::Parameter::Value<String>",
                default=network_parameter(environment, name),
                description=f"{meaning}, from the network stack of {environment}",
            ).value_as_string
            for name, meaning in needs.parameters.items()
        ]
        cdk.CfnOutput(
            self, "Needed", description=f"What the stack uses of the network of {environment}", value=", ".join(found)
        )
