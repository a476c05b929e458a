"""A template's words for a bucket's configuration, in those of the API."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.resources.s3._configurations import CONFIGURATIONS
from embedded_aws.resources.s3._translations import metrics

TRANSLATE = {configuration.property: configuration.translate for configuration in CONFIGURATIONS}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"ExpirationDate": "2030-01-01"}, {"Expiration": {"Date": "2030-01-01"}, "Filter": {"Prefix": ""}}),
        (
            {"NoncurrentVersionExpirationInDays": 9},
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 9}, "Filter": {"Prefix": ""}},
        ),
        (
            {"Transitions": [{"StorageClass": "GLACIER", "TransitionDate": "2030-01-01"}]},
            {"Transitions": [{"StorageClass": "GLACIER", "Date": "2030-01-01"}], "Filter": {"Prefix": ""}},
        ),
        ({"Prefix": "raw/"}, {"Filter": {"Prefix": "raw/"}}),
        ({"TagFilters": [{"Key": "a", "Value": "1"}]}, {"Filter": {"Tag": {"Key": "a", "Value": "1"}}}),
        (
            {"Prefix": "raw/", "TagFilters": [{"Key": "a", "Value": "1"}]},
            {"Filter": {"And": {"Prefix": "raw/", "Tags": [{"Key": "a", "Value": "1"}]}}},
        ),
    ],
)
def test_a_lifecycle_rule(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    rules = {"Rules": [{"Status": "Enabled", **given}]}
    assert TRANSLATE["LifecycleConfiguration"](rules, "bucket") == {"Rules": [{"Status": "Enabled", **wanted}]}


@pytest.mark.parametrize(
    ("given", "translated"),
    [
        ({"Prefix": "raw/"}, {"Prefix": "raw/"}),
        ({"TagFilters": [{"Key": "a", "Value": "1"}]}, {"Tag": {"Key": "a", "Value": "1"}}),
        (
            {"Prefix": "raw/", "TagFilters": [{"Key": "a", "Value": "1"}]},
            {"And": {"Prefix": "raw/", "Tags": [{"Key": "a", "Value": "1"}]}},
        ),
    ],
)
def test_the_filter_of_a_metrics_configuration(given: dict[str, Any], translated: dict[str, Any]) -> None:
    assert metrics({"Id": "a", **given}) == {"Id": "a", "Filter": translated}


def test_a_metrics_configuration_of_the_whole_bucket_has_no_filter() -> None:
    assert metrics({"Id": "a"}) == {"Id": "a"}


@pytest.mark.parametrize(
    ("given", "translated"),
    [
        (None, {}),
        ({"EventBridgeConfiguration": {"EventBridgeEnabled": "true"}}, {"EventBridgeConfiguration": {}}),
        ({"EventBridgeConfiguration": {"EventBridgeEnabled": "false"}}, {}),
    ],
)
def test_the_delivery_to_eventbridge(given: dict[str, Any] | None, translated: dict[str, Any]) -> None:
    assert TRANSLATE["NotificationConfiguration"](given, "bucket") == translated


def test_access_logs_without_a_date_in_their_keys() -> None:
    configuration = {"DestinationBucketName": "logs", "TargetObjectKeyFormat": {"SimplePrefix": {}}}
    logging = TRANSLATE["LoggingConfiguration"](configuration, "bucket")
    assert logging["LoggingEnabled"]["TargetObjectKeyFormat"] == {"SimplePrefix": {}}


def test_a_bucket_logs_into_itself_without_a_destination() -> None:
    assert TRANSLATE["LoggingConfiguration"]({"LogFilePrefix": "logs/"}, "bucket") == {
        "LoggingEnabled": {"TargetBucket": "bucket", "TargetPrefix": "logs/"}
    }


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(None, "private"), ("Private", "private"), ("BucketOwnerFullControl", "bucket-owner-full-control")],
)
def test_a_canned_acl(given: str | None, wanted: str) -> None:
    assert TRANSLATE["AccessControl"](given, "bucket") == wanted
