"""Whether the zones exist and offer the instance types of the clusters."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.outcome import Outcome, ok, problem
from mlproject.preflight.look import Look


def zones(look: Look) -> Iterator[Outcome]:
    """Whether each zone of the environment is one of the account's region."""
    # The answer has one page.
    found = look.client("ec2").describe_availability_zones()["AvailabilityZones"]
    known = sorted(zone["ZoneName"] for zone in found if zone["State"] == "available")
    wanted = look.environment.network.zones
    missing = [zone for zone in wanted if zone not in known]
    if missing:
        yield problem(
            "zones",
            f"the account has no zone {', '.join(missing)} in {look.environment.region}",
            f"name some of {', '.join(known)} as zones of {look.environment.name} in environments.yaml",
        )
    else:
        yield ok("zones", ", ".join(wanted))


def offers(look: Look) -> Iterator[Outcome]:
    """Whether the zone of the clusters offers their node types: a cluster lies in one subnet, the first."""
    nodes = sorted(look.wanted.node_types)
    if not nodes:
        return
    zone = look.environment.network.zones[0]
    filters = [{"Name": "location", "Values": [zone]}, {"Name": "instance-type", "Values": nodes}]
    found = look.pages(
        "ec2", "describe_instance_type_offerings", "InstanceTypeOfferings",
        LocationType="availability-zone", Filters=filters,
    )  # fmt: skip
    offered = {each["InstanceType"] for each in found}
    for instance_type in nodes:
        if instance_type in offered:
            yield ok("node type", f"{zone} offers {instance_type}")
        else:
            yield problem(
                "node type",
                f"{zone} does not offer {instance_type}",
                "choose another type below `emr:` in project.yaml, or put a zone that has it first",
            )
