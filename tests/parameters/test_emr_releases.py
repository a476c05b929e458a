"""The committed table of EMR releases matches the responses of AWS that moto recorded."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import moto.emr
import pytest

from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.tables import emr_releases, generate_emr_releases


def test_the_table_is_fresh() -> None:
    again = "run `python -m mlproject.parameters.tables.generate_emr_releases`"
    assert emr_releases.TABLE.read_text() == generate_emr_releases.render(), again


@pytest.mark.parametrize("release", ["emr-7.0.0", "emr-7.8.0", "emr-7.13.0"])
def test_a_release_supports_what_aws_answers(release: str) -> None:
    file = Path(moto.emr.__file__).with_name("resources") / f"instance-types-{release}.json.gz"
    assert set(emr_releases.node_types(release)) == set(json.loads(gzip.decompress(file.read_bytes())))


def test_releases_come_in_their_order() -> None:
    assert emr_releases.releases()[:2] == ("emr-7.0.0", "emr-7.1.0")
    assert emr_releases.releases().index("emr-7.9.0") < emr_releases.releases().index("emr-7.10.0")


def test_the_default_release_is_known() -> None:
    assert Emr.model_fields["release"].default in emr_releases.releases()


def test_processors_are_told_apart() -> None:
    types = emr_releases.node_types("emr-7.13.0")
    assert (types["m5.xlarge"], types["m7g.xlarge"]) == ("x86_64", "arm64")
