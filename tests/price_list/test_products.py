"""Prices are read from the Price List API's answers only where they are certain."""

from __future__ import annotations

from decimal import Decimal

import boto3
import pytest

from mlproject.price_list import API_REGION, refresh_prices
from mlproject.price_list.products import PriceNotFoundError, read_price
from mlproject.price_list.queries import Query, query_for
from tests.price_list.price_list_server import product, serve


def query(item: str) -> Query:
    found = query_for(item)
    assert found
    return found


TRAINING = query("training/ml.m5.large")


@pytest.mark.parametrize("prefix", ["EU-", "USE1-", "EUC1-", "APN1-", ""])
def test_a_price_is_found_whatever_prefix_the_region_has(prefix: str) -> None:
    found = read_price([product(f"{prefix}Train:ml.m5.large", "0.1280000000", sku="ABC")], TRAINING)
    assert (found.usd, found.unit, found.date) == (Decimal("0.128"), "hour", "2026-11-20")
    assert found.source == "AWS Price List API, offer AmazonSageMaker, SKU ABC"


def test_a_key_has_the_regions_name_as_prefix() -> None:
    assert read_price([product("eu-west-1-KMS-Keys", "1.0000000000")], query("kms-key")).usd == 1


@pytest.mark.parametrize("usage", ["EU-TrSpt:ml.m5.large", "EU-WarmPool-Train:ml.m5.large", "EU-Train:ml.m5.large2"])
def test_another_usage_with_a_similar_name_is_no_price(usage: str) -> None:
    with pytest.raises(PriceNotFoundError, match="no such price"):
        read_price([product(usage, "0.05")], TRAINING)


@pytest.mark.parametrize(
    ("item", "meter"),
    [
        ("emr-serverless/vcpu", "CPUHours"),
        ("emr-serverless/gb", "GBHours"),
        ("emr-serverless-arm/vcpu", "ARMCPUHours"),
        ("emr-serverless-arm/gb", "ARMGBHours"),
    ],
)
def test_emr_serverless_is_asked_by_the_unit_that_is_metered_and_told_from_emr_on_eks(item: str, meter: str) -> None:
    found = query(item)
    assert {"Type": "TERM_MATCH", "Field": "meterunit", "Value": meter} in found.filters("eu-west-1")
    both = [product("EU-EMR-EKS-CPUHours", "0.01"), product("EU-EMR-SERVERLESS-CPUHours", "0.05")]
    assert read_price(both, found).usd == Decimal("0.05")


def test_the_first_tier_counts_and_reservations_and_free_products_do_not() -> None:
    tiered = product("EU-Train:ml.m5.large", "0.128", tiers=("0.1", "0.09"))
    free = product("EU-Train:ml.m5.large", "0.0000000000", sku="FREE")
    assert read_price([free, tiered], TRAINING).usd == Decimal("0.128")
    with pytest.raises(PriceNotFoundError, match="no such price"):
        read_price([free], TRAINING)


def test_two_different_prices_are_not_guessed_between() -> None:
    both = [product("EU-Train:ml.m5.large", usd, sku=usd) for usd in ("0.128", "0.2")]
    with pytest.raises(PriceNotFoundError, match=r"several prices: 0\.128, 0\.2"):
        read_price(both, TRAINING)
    assert read_price([both[0], both[0]], TRAINING).usd == Decimal("0.128")


def test_prices_are_asked_by_service_region_and_usage_over_all_pages() -> None:
    linux = {"operatingSystem": "Linux", "preInstalledSw": "NA", "tenancy": "Shared", "capacitystatus": "Used"}
    offers = {
        "AmazonEC2": [
            product("EU-BoxUsage:m5.xlarge", "0.9", **{**linux, "operatingSystem": "Windows"}),
            product("EU-HostBoxUsage:m5.xlarge", "0.7", **linux),
            product("EU-BoxUsage:m5.xlarge", "0.2140000000", **linux),
            product("EUC1-BoxUsage:m5.xlarge", "0.23", region="eu-central-1", **linux),
        ],
        "ElasticMapReduce": [product("EU-BoxUsage:m5.xlarge", "0.048")],
    }
    items = [("eu-west-1", "ec2/m5.xlarge"), ("eu-west-1", "emr/m5.xlarge"), ("eu-central-1", "emr/m5.xlarge")]
    with serve(offers) as (url, requests):
        client = boto3.client("pricing", API_REGION, endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")
        result = refresh_prices(client, [*items, ("eu-west-1", "dashboard")])
    assert {key: price.usd for key, price in result.prices.items()} == {
        items[0]: Decimal("0.214"),
        items[1]: Decimal("0.048"),
    }
    assert list(result.not_found) == [items[2], ("eu-west-1", "dashboard")]
    assert {request["ServiceCode"] for request in requests} == {"AmazonEC2", "ElasticMapReduce"}
    assert any("NextToken" in request for request in requests)


def test_the_api_has_an_endpoint_in_the_region_that_is_asked() -> None:
    assert API_REGION in boto3.Session().get_available_regions("pricing")
    types = boto3.client("pricing", region_name=API_REGION).meta.service_model.shape_for("FilterType").enum
    assert {each["Type"] for each in Query(service="s", usage="u", unit="hour").filters("eu-west-1")} <= set(types)
