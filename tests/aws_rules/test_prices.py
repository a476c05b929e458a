"""Every price says its region, item, unit, source and date, and none stands twice."""

from __future__ import annotations

import json
from pathlib import Path

import botocore.session

from mlproject.instances import USES, instance_types
from mlproject.parameters.tables.emr_releases import node_types
from mlproject.parameters.tables.regions import REGIONS

PRICES = json.loads((Path(__file__).parents[2] / "mlproject" / "aws_rules" / "prices.json").read_text())["prices"]


def test_every_price_says_what_it_is_and_where_it_is_from() -> None:
    for price in PRICES:
        assert set(price) == {"region", "item", "usd", "unit", "date", "source"}
        # A price that no region changes stands under "any".
        assert price["region"] in {*REGIONS, "any"}
        assert price["usd"] > 0
        assert price["source"]
        assert price["date"]


def test_no_price_stands_twice() -> None:
    keys = [(price["region"], price["item"]) for price in PRICES]
    assert len(keys) == len(set(keys))


def test_every_priced_machine_is_one_that_the_parameters_know() -> None:
    sagemaker = botocore.session.get_session().get_service_model("sagemaker")
    nodes = set(node_types("emr-7.13.0"))
    kinds = {"ec2": nodes, "emr": nodes, "transform": set(sagemaker.shape_for("TransformInstanceType").enum)}
    # Of an application, what its workers have.
    kinds["emr-serverless"] = kinds["emr-serverless-arm"] = {"vcpu", "gb"}
    for use in USES:
        kinds[use] = {each.name for each in instance_types().values() if use in each.uses}
    for price in PRICES:
        kind, _, machine = price["item"].partition("/")
        assert not machine or machine in kinds[kind]
