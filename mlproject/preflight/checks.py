"""All checks of an account, one after the other. A call that AWS denies does not stop the remaining checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from mlproject.outcome import Outcome, State, unknown
from mlproject.preflight import (
    account,
    cost_tags,
    created_network,
    existing_resources,
    gitlab_token,
    imported_network,
    libraries,
    quotas,
    schedules,
    zones,
)
from mlproject.preflight.account_reader import AccountReader
from mlproject.preflight.requirements import AccountRequirements

Check = Callable[[AccountReader], Iterator[Outcome]]


def check_account(
    requirements: AccountRequirements,
    client: Callable[[str], Any],
    *,
    services: frozenset[str],
    now: datetime | None = None,
    has_libraries: bool = True,
) -> Iterator[Outcome]:
    """Check everything that a first deployment needs. Nothing is changed.

    Args:
        requirements: what the environment's projects require.
        client: returns the boto3 client of a service.
        services: what the projects call from private subnets, such as `logs`.
        now: an aware time. Schedules are compared with it. The default is the current time.
        has_libraries: whether the libraries must have been uploaded; `mlproject deploy` uploads them itself.
    """
    reader = AccountReader(requirements=requirements, client=client, now=now or datetime.now(UTC))
    checks: dict[str, Check] = {
        "credentials": account.check_credentials,
        "bootstrap": account.check_bootstrap,
        "permissions boundary": account.check_permissions_boundary,
        "zones": zones.check_zones,
        "node types": zones.check_node_types,
        "subnets": imported_network.check_subnets,
        "private DNS": lambda each: imported_network.check_endpoints(each, services),
        "network requirements": created_network.check_requirements,
        "network range": created_network.check_range,
        "stacks in the network": created_network.check_placement,
        "VPC quota": quotas.check_vpcs,
        "SageMaker quotas": quotas.check_sagemaker,
        "EC2 quotas": quotas.check_cluster_nodes,
        "EMR Serverless quota": quotas.check_applications,
        "bucket names": existing_resources.check_bucket_names,
        "fixed names": existing_resources.check_fixed_names,
        "service-linked role": account.check_service_linked_role,
        "existing data": existing_resources.check_existing_data,
        "certificates": existing_resources.check_certificates,
        "GitLab token": gitlab_token.check_gitlab_token,
        "libraries": libraries.check_libraries,
        "schedules": schedules.check_schedules,
        "cost tags": cost_tags.check_cost_tags,
    }
    if not has_libraries:
        del checks["libraries"]
    for name, check in checks.items():
        try:
            outcomes = list(check(reader))
        except (ClientError, BotoCoreError) as error:
            yield unknown(name, f"cannot be read: {error}", "allow these credentials to read it, and run it again")
            continue
        yield from outcomes
        if name == "credentials" and any(outcome.state is State.PROBLEM for outcome in outcomes):
            return  # the remaining checks would describe another account
