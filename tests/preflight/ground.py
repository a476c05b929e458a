"""What the tests look at: environments and projects, an account of the embedded AWS, and answers of AWS beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.definition import read
from mlproject.outcome import Outcome
from mlproject.parameters import Deployment, Environment, ImportedNetwork, NewNetwork, Pipeline, Storage
from mlproject.preflight import Wanted, inspect, wanted_of

ROOT = Path(__file__).parents[2]
Client = Callable[[str], Any]


def environment(region: str, **changes: Any) -> Environment:
    """An environment of the embedded AWS's account; each test has a region of its own, since they share a server."""
    values = {
        "name": "tried",
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


def deployment(where: Environment, **changes: Any) -> Deployment:
    """A project with the pipeline of the flights and what the test adds."""
    values = {
        "project": "tried",
        "owner": "team@example.com",
        "cost_centre": "CC-1",
        "environment": where,
        "storage": Storage(noncurrent_days=1, artifacts_expire_days=40, access_logs_expire_days=50),
        "pipeline": Pipeline(folder="flight_delays"),
    }
    return Deployment(**{**values, **changes})


def wanted(where: Environment, **changes: Any) -> Wanted:
    own = deployment(where, **changes)
    return wanted_of(where, [own], {"flight_delays": read(ROOT / "pipelines" / "flight_delays")})


def clients(server: aws.Server, region: str) -> Client:
    """boto3 clients of a server, as the administrator."""
    given = server.environment(aws.ACCOUNT, region)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=region)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Clients of which some calls are answered as AWS would answer them in another account.

    Args:
        client: what answers all else.
        answers: (service, operation), such as `("ce", "list_cost_allocation_tags")`, to the answer or the error.
    """

    client: Client
    answers: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:
        made = self.client(service)

        def answer(params: Any, model: Any, **_: Any) -> Any:
            from botocore import xform_name

            found = self.answers.get((service, xform_name(model.name)))
            if isinstance(found, Exception):
                raise found
            return None if found is None else (_Answered(), found)

        made.meta.events.register("before-call", answer)
        return made


class _Answered:
    """The HTTP response that botocore asks for its status only."""

    status_code = 200


def look(what: Wanted, client: Client, *, services: frozenset[str] = frozenset()) -> dict[str, list[Outcome]]:
    """What was found, by topic."""
    found: dict[str, list[Outcome]] = {}
    for outcome in inspect(what, client, services=services):
        found.setdefault(outcome.topic, []).append(outcome)
    return found


def imported(client: Client, region: str, *, endpoints: str) -> ImportedNetwork:
    """A network that somebody else made, without EMR's tag."""
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
