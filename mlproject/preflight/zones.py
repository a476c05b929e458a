"""Check that the zones exist and offer the instance types of the clusters."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.outcome import Outcome, ok, problem
from mlproject.preflight.account_reader import AccountReader


def check_zones(account: AccountReader) -> Iterator[Outcome]:
    """Check that each zone of the environment is available in the account's region."""
    # DescribeAvailabilityZones is not paginated.
    found = account.client("ec2").describe_availability_zones()["AvailabilityZones"]
    available = sorted(zone["ZoneName"] for zone in found if zone["State"] == "available")
    zones = account.environment.network.zones
    missing = [zone for zone in zones if zone not in available]
    if missing:
        yield problem(
            "zones",
            f"the account does not have {', '.join(missing)} in {account.environment.region}",
            f"choose from {', '.join(available)} for the zones of {account.environment.name} in environments.yaml",
        )
    else:
        yield ok("zones", ", ".join(zones))


def check_node_types(account: AccountReader) -> Iterator[Outcome]:
    """Check that the zone of the clusters offers their node types. A cluster uses the first subnet only."""
    node_types = sorted(account.requirements.node_types)
    if not node_types:
        return
    zone = account.environment.network.zones[0]
    filters = [{"Name": "location", "Values": [zone]}, {"Name": "instance-type", "Values": node_types}]
    found = account.list_all(
        "ec2", "describe_instance_type_offerings", "InstanceTypeOfferings",
        LocationType="availability-zone", Filters=filters,
    )  # fmt: skip
    offered = {each["InstanceType"] for each in found}
    for instance_type in node_types:
        if instance_type in offered:
            yield ok("node type", f"{zone} offers {instance_type}")
        else:
            yield problem(
                "node type",
                f"{zone} does not offer {instance_type}",
                "choose another type under `emr:` in project.yaml, or list a zone that offers it first",
            )
