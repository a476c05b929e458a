"""Regenerate the table of regions and zones: `python -m mlproject.parameters.tables.generate_regions` (needs moto)."""

from __future__ import annotations

import json

from mlproject.files import write_atomically
from mlproject.parameters.tables.regions import DEFAULT_PARTITION, TABLE

SOURCE = (
    "Regions and partitions: botocore's endpoints for sagemaker. Zones: moto.ec2.models.availability_zones_and_regions."
)


def render() -> str:
    """Return the table from the installed botocore and moto. Zones are written as their letters."""
    import botocore.session
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    regions = {region for partition in partitions for region in session.get_available_regions("sagemaker", partition)}
    zones = RegionsAndZonesBackend.zones
    letters = {
        region: "".join(sorted(zone.name.removeprefix(region) for zone in zones.get(region, ())))
        for region in sorted(regions)
    }
    others = {
        partition: " ".join(region for region in letters if session.get_partition_for_region(region) == partition)
        for partition in partitions
        if partition != DEFAULT_PARTITION
    }
    return json.dumps({"source": SOURCE, "regions": letters, "partitions": others}, indent=2) + "\n"


if __name__ == "__main__":
    write_atomically(TABLE, render())
