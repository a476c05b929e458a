"""All looks at an account, one after the other; none stops because another one was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from mlproject.outcome import Outcome, State, unknown
from mlproject.preflight import (
    account,
    cost_tags,
    existing,
    libraries,
    network,
    own_network,
    quotas,
    schedules,
    zones,
)
from mlproject.preflight.look import Look
from mlproject.preflight.wanted import Wanted

Topic = Callable[[Look], Iterator[Outcome]]


def inspect(
    wanted: Wanted, client: Callable[[str], Any], *, services: frozenset[str], now: datetime | None = None
) -> Iterator[Outcome]:
    """Look at everything that a first deploy needs; nothing is changed.

    Args:
        wanted: what the environment's projects ask for.
        client: gives the boto3 client of a service.
        services: what the projects call from private subnets, such as `logs`.
        now: an aware time, against which schedules are held; this moment if None.
    """
    look = Look(wanted=wanted, client=client, now=now or datetime.now(UTC))
    topics: dict[str, Topic] = {
        "credentials": account.credentials,
        "bootstrap": account.bootstrap,
        "permissions boundary": account.boundary,
        "zones": zones.zones,
        "node types": zones.offers,
        "subnets": network.subnets,
        "private DNS": lambda each: network.private_dns(each, services),
        "needs of the network": own_network.needs,
        "range of the network": own_network.ranges,
        "places in the network": own_network.places,
        "quotas of networks": quotas.networks,
        "quotas of SageMaker": quotas.sagemaker,
        "quotas of cluster nodes": quotas.cluster_nodes,
        "bucket names": existing.bucket_names,
        "fixed names": existing.fixed_names,
        "service-linked role": account.service_linked_role,
        "existing data": existing.existing_data,
        "libraries": libraries.libraries,
        "schedules": schedules.schedules,
        "cost tags": cost_tags.cost_tags,
    }
    for name, topic in topics.items():
        try:
            outcomes = list(topic(look))
        except (ClientError, BotoCoreError) as error:
            yield unknown(name, f"could not be looked at: {error}", "allow these credentials to read it, then repeat")
            continue
        yield from outcomes
        if name == "credentials" and any(outcome.state is State.PROBLEM for outcome in outcomes):
            return  # all else would be told of somebody else's account
