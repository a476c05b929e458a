"""Check that the network that an environment's stack created matches the parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlproject.aws_rules.network_requirements import combined_requirements, deployment_requirements
from mlproject.names import network_parameter
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import ImportedNetwork, NewNetwork
from mlproject.preflight.account_reader import AccountReader

STACKS_IN_NETWORK = ("pipeline", "notebooks", "emr", "emr-serverless", "serving")


def check_requirements(account: AccountReader) -> Iterator[Outcome]:
    """Check that the network has what the projects require, such as the endpoint that the first notebook calls."""
    if not _is_deployed(account):
        return
    environment, deployments = account.environment.name, account.requirements.deployments
    values = _parameters(account)
    for name, meaning in combined_requirements(deployments).parameters.items():
        if name in values:
            yield ok("network", f"{meaning}: {values[name]}")
        else:
            projects = [each.project for each in deployments if name in deployment_requirements(each).parameters]
            yield warning(
                "network",
                f"{environment}/network does not have what {', '.join(projects)} requires: {meaning}",
                f"cdk deploy {environment}/network  # `cdk deploy '{environment}/{projects[0]}/*'` includes it",
            )


def check_range(account: AccountReader) -> Iterator[Outcome]:
    """Check that the VPC has the range in environments.yaml. Another range would replace the VPC."""
    network, environment = account.environment.network, account.environment.name
    if not isinstance(network, NewNetwork) or not _is_deployed(account):
        return
    vpc_id = _parameters(account)["vpc-id"]
    (vpc,) = account.client("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    if vpc["CidrBlock"] == network.cidr:
        yield ok("network", f"{vpc_id} has the range {network.cidr}")
    else:
        yield problem(
            "network",
            f"{vpc_id} has the range {vpc['CidrBlock']}, but environments.yaml says {network.cidr} for {environment}; "
            "deploying it would replace the VPC with everything in it",
            f"write `cidr: {vpc['CidrBlock']}` in environments.yaml, or create a new environment with the other range",
        )


def check_placement(account: AccountReader) -> Iterator[Outcome]:
    """Check that the projects' security groups, and so all resources that use them, are in the environment's VPC."""
    network, environment = account.environment.network, account.environment.name
    if isinstance(network, ImportedNetwork):
        expected = network.vpc_id
    elif _is_deployed(account):
        expected = _parameters(account)["vpc-id"]
    else:
        return
    for deployment in account.requirements.deployments:
        for name in STACKS_IN_NETWORK:
            stack = deployment.names.stack(name)
            if stack not in account.stacks:
                continue
            other_vpcs = {group["VpcId"] for group in _security_groups(account, stack)} - {expected}
            if other_vpcs:
                yield problem(
                    "network",
                    f"{stack} is in {', '.join(sorted(other_vpcs))}, but the VPC of {environment} is {expected}",
                    f"save the work in it, run `mlproject destroy {deployment.project} --environment {environment}`, "
                    "deploy it again, then delete the old VPC",
                )
            else:
                yield ok("network", f"{stack} is in {expected}")


def _is_deployed(account: AccountReader) -> bool:
    return f"{account.environment.name}-network" in account.stacks


def _parameters(account: AccountReader) -> dict[str, str]:
    """The SSM parameters of the network's stack, by the last part of their names."""
    prefix = network_parameter(account.environment.name, "")
    found = account.list_all("ssm", "get_parameters_by_path", "Parameters", Path=prefix, Recursive=True)
    return {each["Name"].removeprefix(prefix): each["Value"] for each in found}


def _security_groups(account: AccountReader, stack: str) -> list[dict[str, Any]]:
    resources = account.list_all("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
    ids = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::EC2::SecurityGroup"]
    # A filter, since GroupIds fails the whole call if one id is unknown.
    filters = [{"Name": "group-id", "Values": ids}]
    return list(account.list_all("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)) if ids else []
