"""Validate the combination of a cluster's instance groups and fleets."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.emr_fleet import FLEET_TYPES_LIMIT
from mlproject.parameters.yaml_files.located import Located

FLEETS = ("core_fleet", "task_fleet")
_GROUP_KEYS = ("core_instance_type", "core_count")


def check_fleets(emr: Located) -> Iterator[Finding]:
    """Yield the errors in the combination of keys: a cluster has instance groups or fleets, never both.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-group-configuration.html

    Args:
        emr: the cluster's values in an environment.
    """
    core, task = (emr.at(key) for key in FLEETS)
    if core is None:
        if emr.at("core_instance_type") is None:
            yield emr.finding("the core nodes are missing", allowed="core_instance_type, or core_fleet")
        if task is not None:
            yield task.finding("task_fleet requires core_fleet", allowed="core_fleet instead of core_instance_type")
        return
    for key in _GROUP_KEYS:
        place = emr.at(key)
        if place is not None:
            yield place.finding(f"{key} and core_fleet exclude each other", allowed="one of them")
    units = 0
    for key, fleet in zip(FLEETS, (core, task), strict=True):
        if fleet is None:
            continue
        types = fleet.at("instance_types")
        if types is not None and types.value == {}:
            yield types.finding("the fleet has no instance type", allowed=f"1 to {FLEET_TYPES_LIMIT} types with units")
        found = _units(fleet)
        if found == 0:
            yield fleet.finding(f"{key} has no units", allowed="on_demand_units or spot_units of at least 1")
        units += found or 0
    yield from _maximum(emr, core, units)


def _units(fleet: Located) -> int | None:
    """Return the units of a fleet, or None if they are not integers, which is reported elsewhere."""
    units = 0
    for key in ("on_demand_units", "spot_units"):
        place = fleet.at(key)
        if place is None:
            continue
        if not isinstance(place.value, int):
            return None
        units += place.value
    return units


def _maximum(emr: Located, core: Located, units: int) -> Iterator[Finding]:
    place = emr.at("maximum_count")
    most = place.value if place is not None else Emr.model_fields["maximum_count"].default
    if isinstance(most, int) and 0 < most < units:
        yield (place or core).finding(
            f"maximum_count ({most}) is less than the units of the fleets ({units})",
            allowed="maximum_count >= the units of core_fleet and task_fleet",
        )
