"""Reference from a project's stack to the network of its environment."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from mlproject.aws_rules.network_requirements import NetworkRequirements
from mlproject.names import network_parameter
from mlproject.parameters import Environment, NewNetwork


class NetworkReference(Construct):
    """VPC and subnets, from the SSM parameters of the network stack or from the parameters of an imported network.

    Args:
        environment: the environment that creates or imports the network.
        requirements: requirements of the stack. CloudFormation does not deploy the stack if the SSM parameter of a
            requirement is missing. Endpoints in an imported network are checked only by preflight.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, requirements: NetworkRequirements
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
        if environment.has_network_stack and requirements.parameters:
            self._require(requirements, environment=environment.name)

    def _require(self, requirements: NetworkRequirements, *, environment: str) -> None:
        values = [
            cdk.CfnParameter(
                self,
                f"Needs-{name}",
                type="AWS::SSM::Parameter::Value<String>",
                default=network_parameter(environment, name),
                description=f"{meaning}, from the network stack of {environment}",
            ).value_as_string
            for name, meaning in requirements.parameters.items()
        ]
        cdk.CfnOutput(
            self,
            "Needed",
            description=f"Network resources of {environment} that the stack requires",
            value=", ".join(values),
        )
