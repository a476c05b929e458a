"""The version of the data set that a pipeline reads."""

from __future__ import annotations

from dataclasses import replace

from mlproject.definition.data_version import read_data_version
from tests.definition.folders import committed, document


def test_a_deployments_value_takes_the_place_of_the_default() -> None:
    (default,) = (each["DefaultValue"] for each in document()["Parameters"] if each["Name"] == "DataVersion")
    assert read_data_version(committed(), {}) == default
    assert read_data_version(committed(), {"DataVersion": "2", "Other": "3"}) == "2"


def test_a_pipeline_without_the_parameter_or_a_value_reads_no_version() -> None:
    without = {**document(), "Parameters": []}
    assert read_data_version(replace(committed(), document=without), {"DataVersion": "2"}) is None
    no_default = {**document(), "Parameters": [{"Name": "DataVersion", "Type": "String"}]}
    assert read_data_version(replace(committed(), document=no_default), {}) is None
