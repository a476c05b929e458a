"""Whether the network that an environment's own stack created is the one that the parameters describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlproject.aws_rules.network_requirements import combined_requirements, deployment_requirements
from mlproject.names import network_parameter
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import ImportedNetwork, NewNetwork
from mlproject.preflight.look import Look

_STACKS_IN_NETWORK = ("pipeline", "notebooks", "emr")


def needs(look: Look) -> Iterator[Outcome]:
    """Whether the network offers what the projects need of it, such as the endpoint that a first notebook calls."""
    if not _is_deployed(look):
        return
    environment = look.environment.name
    found = _parameters(look)
    for name, meaning in combined_requirements(look.wanted.deployments).parameters.items():
        if name in found:
            yield ok("network", f"{meaning}: {found[name]}")
        else:
            projects = [
                each.project for each in look.wanted.deployments if name in deployment_requirements(each).parameters
            ]
            yield warning(
                "network",
                f"{environment}/network lacks what {', '.join(projects)} needs: {meaning}",
                f"cdk deploy {environment}/network  # `cdk deploy '{environment}/{projects[0]}/*'` includes it",
            )


def ranges(look: Look) -> Iterator[Outcome]:
    """Whether the VPC has the range that environments.yaml gives: another range is another VPC."""
    network, environment = look.environment.network, look.environment.name
    if not isinstance(network, NewNetwork) or not _is_deployed(look):
        return
    vpc_id = _parameters(look)["vpc-id"]
    (vpc,) = look.client("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    if vpc["CidrBlock"] == network.cidr:
        yield ok("network", f"{vpc_id} has the range {network.cidr}")
    else:
        yield problem(
            "network",
            f"{vpc_id} has the range {vpc['CidrBlock']}, but environments.yaml says {network.cidr} for {environment}; "
            "deploying it would replace the VPC under everything that stands in it",
            f"write `cidr: {vpc['CidrBlock']}` in environments.yaml, or create a new environment with the other range",
        )


def places(look: Look) -> Iterator[Outcome]:
    """Whether the projects' security groups, and so all that uses them, stand in the environment's network."""
    network, environment = look.environment.network, look.environment.name
    if isinstance(network, ImportedNetwork):
        expected = network.vpc_id
    elif _is_deployed(look):
        expected = _parameters(look)["vpc-id"]
    else:
        return
    for deployment in look.wanted.deployments:
        for name in _STACKS_IN_NETWORK:
            stack = deployment.names.stack(name)
            if stack not in look.stacks:
                continue
            elsewhere = {group["VpcId"] for group in _security_groups(look, stack)} - {expected}
            if elsewhere:
                yield problem(
                    "network",
                    f"{stack} stands in {', '.join(sorted(elsewhere))}, but the network of {environment} is {expected}",
                    f"save the work in it, `mlproject destroy {deployment.project} --environment {environment}`, "
                    "deploy it again, then delete the VPC that is left",
                )
            else:
                yield ok("network", f"{stack} stands in {expected}")


def _is_deployed(look: Look) -> bool:
    return f"{look.environment.name}-network" in look.stacks


def _parameters(look: Look) -> dict[str, str]:
    """What the network's stack has written, by the last part of each name."""
    prefix = network_parameter(look.environment.name, "")
    found = look.pages("ssm", "get_parameters_by_path", "Parameters", Path=prefix, Recursive=True)
    return {each["Name"].removeprefix(prefix): each["Value"] for each in found}


def _security_groups(look: Look, stack: str) -> list[dict[str, Any]]:
    resources = look.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
    ids = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::EC2::SecurityGroup"]
    # Not by their ids: an unknown one would make an error of the whole call.
    filters = [{"Name": "group-id", "Values": ids}]
    return list(look.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)) if ids else []
