"""The committed table of regions and zones matches botocore and moto."""

from __future__ import annotations

from mlproject.parameters.tables import generate_regions, regions


def test_the_table_is_fresh() -> None:
    assert regions.TABLE.read_text() == generate_regions.render(), (
        "run `python -m mlproject.parameters.tables.generate_regions`"
    )


def test_zones_are_named_after_their_region() -> None:
    assert regions.REGIONS["ca-central-1"] == ("ca-central-1a", "ca-central-1b", "ca-central-1d")
    assert regions.default_zones("ca-central-1") == ("ca-central-1a", "ca-central-1b")


def test_a_region_whose_zones_are_unknown_assumes_none() -> None:
    assert regions.REGIONS["us-iso-east-1"] == ()
    assert regions.default_zones("us-iso-east-1") == ()
