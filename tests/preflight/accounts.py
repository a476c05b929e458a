"""Environments, projects and accounts of the embedded AWS for the tests, and clients with stubbed responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.definition import read_definition
from mlproject.outcome import Outcome
from mlproject.parameters import Deployment, Environment, ImportedNetwork, NewNetwork, Pipeline, Storage
from mlproject.preflight import AccountRequirements, account_requirements, check_account

ROOT = Path(__file__).parents[2]
Client = Callable[[str], Any]


def environment(region: str, **changes: Any) -> Environment:
    """An environment in the embedded AWS's account. Each test has its own region, since all tests share a server."""
    values = {
        "name": "trial",
        "account": aws.ACCOUNT,
        "region": region,
        "network": NewNetwork(cidr="10.50.0.0/16", zones=(f"{region}a", f"{region}b")),
        "bootstrap_qualifier": "hnb659fds",
        "permissions_boundary": None,
        "role_path": "/",
        "tags": {},
        "retain_data": False,
    }
    return Environment(**{**values, **changes})


def deployment(target: Environment, **changes: Any) -> Deployment:
    """A project with the pipeline of the flights and the values of the test."""
    values = {
        "project": "trial",
        "owner": "team@example.com",
        "cost_centre": "CC-1",
        "environment": target,
        "storage": Storage(noncurrent_days=1, artifacts_expire_days=40, access_logs_expire_days=50),
        "pipeline": Pipeline(folder="flight_delays"),
    }
    return Deployment(**{**values, **changes})


def requirements(target: Environment, **changes: Any) -> AccountRequirements:
    required = deployment(target, **changes)
    definition = read_definition(ROOT / "pipelines" / "flight_delays")
    return account_requirements(target, [required], {required.project: definition})


def clients(server: aws.Server, region: str) -> Client:
    """boto3 clients of a server, with the administrator's credentials."""
    variables = server.environment(aws.ACCOUNT, region)
    session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=region)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


@dataclass(frozen=True, kw_only=True)
class StubbedClients:
    """Clients with stubbed responses for some calls, as AWS would return them in another account.

    Args:
        client: returns the client for all other calls.
        responses: (service, operation), such as `("ce", "list_cost_allocation_tags")`, to the response or the error.
    """

    client: Client
    responses: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:
        client = self.client(service)

        def respond(params: Any, model: Any, **_: Any) -> Any:
            from botocore import xform_name

            response = self.responses.get((service, xform_name(model.name)))
            if isinstance(response, Exception):
                raise response
            return None if response is None else (_HttpResponse(), response)

        client.meta.events.register("before-call", respond)
        return client


class _HttpResponse:
    """The HTTP response, of which botocore reads the status only."""

    status_code = 200


def check(
    account: AccountRequirements, client: Client, *, services: frozenset[str] = frozenset()
) -> dict[str, list[Outcome]]:
    """The outcomes of the preflight checks, by topic."""
    outcomes: dict[str, list[Outcome]] = {}
    for outcome in check_account(account, client, services=services):
        outcomes.setdefault(outcome.topic, []).append(outcome)
    return outcomes


def imported(client: Client, region: str, *, endpoints: str) -> ImportedNetwork:
    """A network that the environment does not own, without EMR's tag."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.60.0.0/24", AvailabilityZone=f"{region}a")["Subnet"]
    return ImportedNetwork(
        vpc_id=vpc,
        subnet_ids=(subnet["SubnetId"],),
        zones=(f"{region}a",),
        endpoints=endpoints,  # type: ignore[arg-type]
    )
