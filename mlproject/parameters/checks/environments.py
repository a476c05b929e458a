"""Validate environments.yaml across several keys: regions and zones, networks, endpoints and tags."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from mlproject.parameters.checks.named_files import check_certificates
from mlproject.parameters.checks.partitions import check_partition
from mlproject.parameters.checks.tags import check_tags
from mlproject.parameters.findings import Finding, InvalidValueError, closest_match, join_names
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.tables.regions import REGIONS, default_zones
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message, joined

Views = Mapping[str, Located]


def check(layers: Layers, *, root: Path, findings: list[Finding]) -> None:
    """Validate keys of environments.yaml against each other. Single values are validated elsewhere.

    Args:
        layers: environments.yaml.
        root: its folder.
        findings: receives each error.
    """
    views = {name: layers.merged(name) for name in layers.overrides}
    for name, override in layers.overrides.items():
        if not constraints.matches(constraints.ENVIRONMENT_NAME, name):
            allowed = Message(
                "a lower-case letter, then lower-case letters and digits, {limit} at most",
                limit=constraints.ENVIRONMENT_NAME_LIMIT,
            )
            findings.append(
                override.finding(Message("{name} is not a valid environment name", name=name), allowed=allowed)
            )
    for view in views.values():
        for rule in _RULES:
            findings.extend(rule(view))
        findings.extend(check_partition(view.at("permissions_boundary"), region=view.text("region")))
        check_tags(view.at("tags"), others={}, findings=findings)
        findings.extend(check_certificates(view.at("ca_bundle"), folder=root))
    findings.extend(_boundaries_of_other_accounts(views))
    findings.extend(_overlaps(views))
    findings.extend(_duplicate_endpoints(views))


def _one_network(view: Located) -> list[Finding]:
    """Require exactly one of `new` and `imported`."""
    network = view.at("network")
    if network is None or not isinstance(network.value, Mapping):
        return []
    if len({"new", "imported"} & set(network.mapping)) == 1:
        return []
    return [network.finding(Message("exactly one kind of network is required"), allowed=Message("new or imported"))]


def _zones_of_region(view: Located) -> list[Finding]:
    """Require zones of the region, and explicit zones for a new network in a region whose zones are unknown."""
    region = view.text("region")
    if region is None or region not in REGIONS:
        return []
    zones = REGIONS[region]
    found = []
    for zone in _zones(view):
        if not isinstance(zone.value, str) or zone.value in zones:
            continue
        if not zones and re.fullmatch(rf"{region}[a-z]", zone.value):
            continue
        allowed = join_names(zones) if zones else Message("{region} and a letter", region=region)
        suggestion = closest_match(zone.value, zones)
        found.append(
            zone.finding(
                Message("{zone} is not a zone of {region}", zone=zone.value, region=region),
                allowed=allowed,
                suggestion=suggestion,
            )
        )
    new = view.at("network", "new")
    if new is not None and new.mapping and not new.at("zones") and not default_zones(region):
        found.append(
            new.finding(Message("the zones of {region} are unknown. Add `zones:` with two of them", region=region))
        )
    return found


def _zones(view: Located) -> tuple[Located, ...]:
    """Return the zones that a network lists."""
    found = view.at("network", "new", "zones") or view.at("network", "imported", "zones")
    return found.value if found is not None and isinstance(found.value, tuple) else ()


def _distinct_items(view: Located) -> list[Finding]:
    """Require unique zones and subnets."""
    found = []
    for path in (
        ("new", "zones"),
        ("imported", "zones"),
        ("imported", "subnet_ids"),
        ("imported", "route_table_ids"),
    ):
        items = view.at("network", *path)
        seen: set[object] = set()
        for item in items.value if items is not None and isinstance(items.value, tuple) else ():
            if isinstance(item.value, str) and item.value in seen:
                found.append(item.finding(Message("{item} is listed twice. Keep one", item=item.value)))
            seen.add(item.raw if not isinstance(item.value, str) else item.value)
    return found


def _subnets_by_zone(view: Located) -> list[Finding]:
    """Require the same number of subnets in each zone: CDK derives a subnet's zone from its position.

    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.VpcAttributes.html
    """
    subnets, zones = view.at("network", "imported", "subnet_ids"), view.at("network", "imported", "zones")
    if subnets is None or zones is None or not isinstance(subnets.value, tuple) or not isinstance(zones.value, tuple):
        return []
    if not zones.value or len(subnets.value) % len(zones.value) == 0:
        return []
    message = Message(
        "{subnets} subnets cannot be spread evenly over {zones} zones",
        subnets=len(subnets.value),
        zones=len(zones.value),
    )
    return [subnets.finding(message, allowed=Message("a multiple of the number of zones, in the order of the zones"))]


def _unused_endpoint_keys(view: Located) -> list[Finding]:
    """Reject `cidr` and `route_table_ids` unless this application creates the endpoints."""
    endpoints = view.at("network", "imported", "endpoints")
    if endpoints is None or endpoints.value != "exist":
        return []
    places = (view.at("network", "imported", name) for name in ("cidr", "route_table_ids"))
    message = Message("has no effect with `endpoints: exist`. Remove it, or set `endpoints: create`")
    return [place.finding(message) for place in places if place is not None]


_RULES: tuple[Callable[[Located], list[Finding]], ...] = (
    _one_network,
    _zones_of_region,
    _distinct_items,
    _subnets_by_zone,
    _unused_endpoint_keys,
)


def _boundaries_of_other_accounts(views: Views) -> list[Finding]:
    """Require permissions boundaries in the environments' own accounts, or managed by AWS.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    # A common boundary is one error, however many environments have another account.
    others: dict[tuple[int, str], tuple[Located, str, list[str]]] = {}
    for name, view in views.items():
        boundary, account = view.at("permissions_boundary"), view.text("account")
        match = re.match(r"arn:aws[a-z-]*:iam::([0-9]{12}):", view.text("permissions_boundary") or "")
        if boundary is None or account is None or match is None or match.group(1) == account:
            continue
        place = others.setdefault((boundary.line, boundary.key), (boundary, match.group(1), []))
        place[2].append(Message("{environment} uses {account}", environment=name, account=account))
    remedy = Message(
        "a policy of each environment's own account. Set it below each environment, or use the policy's name"
    )
    return [
        boundary.finding(
            Message("the policy belongs to account {owner}, but {users}", owner=owner, users=joined(", ", users)),
            allowed=remedy,
        )
        for boundary, owner, users in others.values()
    ]


def _overlaps(views: Views) -> list[Finding]:
    """Require CIDR blocks of new networks not to overlap, so that any two environments can be connected later."""
    earlier: list[tuple[str, Located, ipaddress.IPv4Network]] = []
    found = []
    for name, view in views.items():
        place = view.at("network", "new", "cidr")
        network = _network(place)
        if place is None or network is None:
            continue
        for other_name, other, other_network in earlier:
            if network.overlaps(other_network):
                message = Message(
                    "{network} of {name} overlaps {other_network} of {other_name} (line {line})",
                    network=network,
                    name=name,
                    other_network=other_network,
                    other_name=other_name,
                    line=other.line,
                )
                found.append(place.finding(message, allowed=Message("CIDR blocks that do not overlap")))
        earlier.append((name, place, network))
    return found


def _network(place: Located | None) -> ipaddress.IPv4Network | None:
    """Return the CIDR block; None if it is missing or invalid."""
    if place is None or not isinstance(place.value, str):
        return None
    try:
        return ipaddress.IPv4Network(constraints.validate_cidr(place.value))
    except InvalidValueError:
        return None


def _duplicate_endpoints(views: Views) -> list[Finding]:
    """Require one environment at most to create the endpoints of a shared VPC: AWS rejects duplicate private DNS names.

    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    creators: dict[str, tuple[str, Located]] = {}
    found = []
    for name, view in views.items():
        vpc = view.text("network", "imported", "vpc_id")
        endpoints = view.at("network", "imported", "endpoints")
        if vpc is None or endpoints is None or endpoints.value != "create":
            continue
        if vpc in creators:
            other, place = creators[vpc]
            message = Message(
                "{other} (line {line}) already creates the endpoints of {vpc}", other=other, line=place.line, vpc=vpc
            )
            found.append(endpoints.finding(message, allowed="exist"))
        creators.setdefault(vpc, (name, endpoints))
    return found
