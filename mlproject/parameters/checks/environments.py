"""What must fit together in environments.yaml: regions and zones, networks beside each other, tags."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from mlproject.parameters.checks.tags import check_tags
from mlproject.parameters.finding import Finding, RefusalError, listing, nearest
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.tables.regions import REGIONS, default_zones
from mlproject.parameters.yaml_files.located import Located

Views = Mapping[str, Located]


def check(layers: Layers, *, findings: list[Finding]) -> None:
    """Find what does not fit together; values that are wrong by themselves are passed over, they are found elsewhere.

    Args:
        layers: environments.yaml.
        findings: receives each mistake.
    """
    views = {name: layers.merged(name) for name in layers.overrides}
    for name, override in layers.overrides.items():
        if not constraints.matches(constraints.ENVIRONMENT_NAME, name):
            allowed = f"a lower-case letter, then letters and digits, {constraints.ENVIRONMENT_NAME_LIMIT} at most"
            findings.append(override.finding(f"{name} is no name for an environment", allowed=allowed))
    for view in views.values():
        for rule in _RULES:
            findings.extend(rule(view))
        check_tags(view.at("tags"), others={}, findings=findings)
    findings.extend(_overlaps(views))
    findings.extend(_two_makers_of_endpoints(views))


def _one_network(view: Located) -> list[Finding]:
    """Exactly one of `new` and `imported`."""
    network = view.at("network")
    if network is None or not isinstance(network.value, Mapping):
        return []
    if len({"new", "imported"} & set(network.mapping)) == 1:
        return []
    return [network.finding("exactly one kind of network is wanted", allowed="new or imported")]


def _zones_of_region(view: Located) -> list[Finding]:
    """Every zone belongs to the region; a new network in a region whose zones are unknown names its own."""
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
        allowed = listing(zones) if zones else f"{region} and a letter"
        suggestion = nearest(zone.value, zones)
        found.append(zone.finding(f"{zone.value} is no zone of {region}", allowed=allowed, suggestion=suggestion))
    new = view.at("network", "new")
    if new is not None and new.mapping and not new.at("zones") and not default_zones(region):
        found.append(new.finding(f"the zones of {region} are not known here; add `zones:` with two of them"))
    return found


def _zones(view: Located) -> tuple[Located, ...]:
    """The zones that a network names."""
    found = view.at("network", "new", "zones") or view.at("network", "imported", "zones")
    return found.value if found is not None and isinstance(found.value, tuple) else ()


def _distinct_items(view: Located) -> list[Finding]:
    """No zone and no subnet stands twice."""
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
                found.append(item.finding(f"{item.value} stands twice in the list; keep one"))
            seen.add(item.raw if not isinstance(item.value, str) else item.value)
    return found


def _subnets_by_zone(view: Located) -> list[Finding]:
    """An imported network has the same number of subnets in each zone: CDK tells a subnet's zone by its position.

    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.VpcAttributes.html
    """
    subnets, zones = view.at("network", "imported", "subnet_ids"), view.at("network", "imported", "zones")
    if subnets is None or zones is None or not isinstance(subnets.value, tuple) or not isinstance(zones.value, tuple):
        return []
    if not zones.value or len(subnets.value) % len(zones.value) == 0:
        return []
    message = f"{len(subnets.value)} subnets do not divide into {len(zones.value)} zones"
    return [subnets.finding(message, allowed="as many subnets as zones, or a multiple, in the zones' order")]


def _gateway_is_created(view: Located) -> list[Finding]:
    """Route tables and the range are for endpoints that this application creates."""
    endpoints = view.at("network", "imported", "endpoints")
    if endpoints is None or endpoints.value != "exist":
        return []
    places = (view.at("network", "imported", name) for name in ("cidr", "route_table_ids"))
    message = "has no effect with `endpoints: exist`; remove it, or write `endpoints: create`"
    return [place.finding(message) for place in places if place is not None]


def _boundary_of_account(view: Located) -> list[Finding]:
    """A permissions boundary is a policy of the role's own account, or one of AWS's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    boundary, account = view.at("permissions_boundary"), view.text("account")
    match = re.match(r"arn:aws[a-z-]*:iam::([0-9]{12}):", view.text("permissions_boundary") or "")
    if boundary is None or account is None or match is None or match.group(1) == account:
        return []
    return [boundary.finding(f"the policy belongs to account {match.group(1)}, the environment to {account}")]


_RULES: tuple[Callable[[Located], list[Finding]], ...] = (
    _one_network,
    _zones_of_region,
    _distinct_items,
    _subnets_by_zone,
    _gateway_is_created,
    _boundary_of_account,
)


def _overlaps(views: Views) -> list[Finding]:
    """Ranges of new networks keep apart, so that any two environments can be connected later."""
    earlier: list[tuple[str, Located, ipaddress.IPv4Network]] = []
    found = []
    for name, view in views.items():
        place = view.at("network", "new", "cidr")
        network = _network(place)
        if place is None or network is None:
            continue
        for other_name, other, other_network in earlier:
            if network.overlaps(other_network):
                message = f"{network} of {name} overlaps {other_network} of {other_name} (line {other.line})"
                found.append(place.finding(message, allowed="ranges without a common address"))
        earlier.append((name, place, network))
    return found


def _network(place: Located | None) -> ipaddress.IPv4Network | None:
    """A valid range; None for anything else."""
    if place is None or not isinstance(place.value, str):
        return None
    try:
        return ipaddress.IPv4Network(constraints.cidr(place.value))
    except RefusalError:
        return None


def _two_makers_of_endpoints(views: Views) -> list[Finding]:
    """Only one environment makes the endpoints of a shared VPC: a second private name for a service is refused.

    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    makers: dict[str, tuple[str, Located]] = {}
    found = []
    for name, view in views.items():
        vpc = view.text("network", "imported", "vpc_id")
        endpoints = view.at("network", "imported", "endpoints")
        if vpc is None or endpoints is None or endpoints.value != "create":
            continue
        if vpc in makers:
            other, place = makers[vpc]
            message = f"{other} (line {place.line}) already creates the endpoints of {vpc}"
            found.append(endpoints.finding(message, allowed="exist, in all environments of one VPC but the first"))
        makers.setdefault(vpc, (name, endpoints))
    return found
