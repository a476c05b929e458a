"""The preflight checks of the network that an environment's stack created, and of the stacks in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.outcome import State
from mlproject.parameters import ExistingData, NewNetwork, Notebook
from tests.preflight.accounts import Client, check, clients, environment, requirements

pytestmark = pytest.mark.slow

REGION = "eu-north-1"
ENVIRONMENT = environment(REGION)
NOTEBOOK = Notebook(name="explore", instance_type="ml.t3.medium", open_from_vpc_only=True)


@pytest.fixture
def client(embedded_aws: aws.Server) -> Iterator[Client]:
    """Clients of a region in which the network's stack and a stack of a project are deployed."""
    region_clients = clients(embedded_aws, REGION)
    cloudformation = region_clients("cloudformation")
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.50.0.0/16"}}
    deploy(region_clients, "trial-network", {"Vpc": vpc, "Id": parameter("vpc-id", {"Ref": "Vpc"})})
    deploy(region_clients, "trial-trial-notebooks", {"Group": security_group(vpc_id(region_clients))})
    yield region_clients
    for name in ("trial-trial-notebooks", "trial-network"):
        cloudformation.delete_stack(StackName=name)


def parameter(name: str, value: Any) -> dict[str, Any]:
    properties = {"Name": f"/mlproject/trial/network/{name}", "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties}


def security_group(vpc: str) -> dict[str, Any]:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "notebooks", "VpcId": vpc}}


def deploy(client: Client, name: str, resources: dict[str, Any]) -> None:
    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))


def vpc_id(client: Client) -> str:
    return str(client("ssm").get_parameter(Name="/mlproject/trial/network/vpc-id")["Parameter"]["Value"])


def test_a_network_that_is_as_its_parameters_say_is_fine(client: Client) -> None:
    outcomes = check(requirements(ENVIRONMENT), client)["network"]
    assert [(outcome.state, outcome.message) for outcome in outcomes] == [
        (State.OK, f"{vpc_id(client)} has the range 10.50.0.0/16"),
        (State.OK, f"trial-trial-notebooks is in {vpc_id(client)}"),
    ]


def test_what_a_project_newly_needs_of_the_network_is_named_until_its_stack_offers_it(client: Client) -> None:
    data = ExistingData(glue_databases=("airports",))
    outcomes = check(requirements(ENVIRONMENT, notebooks=(NOTEBOOK,), existing_data=data), client)["network"]
    missing = {outcome.message: outcome.remedy for outcome in outcomes if outcome.state is State.WARNING}
    assert set(missing) == {
        "trial/network does not have what trial requires: The endpoint of notebook",
        "trial/network does not have what trial requires: The endpoint of glue",
    }
    assert all(remedy.startswith("cdk deploy trial/network") for remedy in missing.values())

    client("ssm").put_parameter(Name="/mlproject/trial/network/endpoint-glue", Type="String", Value="vpce-1")
    outcomes = check(requirements(ENVIRONMENT, existing_data=data), client)["network"]
    client("ssm").delete_parameter(Name="/mlproject/trial/network/endpoint-glue")
    assert (State.OK, "The endpoint of glue: vpce-1") in [(each.state, each.message) for each in outcomes]


def test_another_range_than_the_deployed_one_is_a_problem(client: Client) -> None:
    moved = environment(REGION, network=NewNetwork(cidr="10.51.0.0/16", zones=(f"{REGION}a", f"{REGION}b")))
    (outcome,) = [each for each in check(requirements(moved), client)["network"] if each.state is State.PROBLEM]
    assert "has the range 10.50.0.0/16, but environments.yaml says 10.51.0.0/16 for trial" in outcome.message
    assert "write `cidr: 10.50.0.0/16`" in outcome.remedy


def test_a_project_that_stands_in_another_network_than_the_environments_is_a_problem(client: Client) -> None:
    vpc_before = vpc_id(client)
    vpc = client("ec2").create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
    client("ssm").put_parameter(Name="/mlproject/trial/network/vpc-id", Value=vpc, Overwrite=True)
    problems = [
        each.message for each in check(requirements(ENVIRONMENT), client)["network"] if each.state is State.PROBLEM
    ]
    client("ssm").put_parameter(Name="/mlproject/trial/network/vpc-id", Value=vpc_before, Overwrite=True)
    client("ec2").delete_vpc(VpcId=vpc)
    assert f"trial-trial-notebooks is in {vpc_before}, but the VPC of trial is {vpc}" in problems


def test_before_the_first_deployment_there_is_nothing_to_say(embedded_aws: aws.Server) -> None:
    assert "network" not in check(requirements(environment("eu-west-3")), clients(embedded_aws, "eu-west-3"))
