"""A template's words for a bucket's configuration, in those of the API."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.resources.s3._configurations import CONFIGURATIONS

IN_API_WORDS = {configuration.property: configuration.in_api_words for configuration in CONFIGURATIONS}


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
    assert IN_API_WORDS["LifecycleConfiguration"](rules, "bucket") == {"Rules": [{"Status": "Enabled", **wanted}]}


def test_a_bucket_logs_into_itself_without_a_destination() -> None:
    assert IN_API_WORDS["LoggingConfiguration"]({"LogFilePrefix": "logs/"}, "bucket") == {
        "LoggingEnabled": {"TargetBucket": "bucket", "TargetPrefix": "logs/"}
    }


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(None, "private"), ("Private", "private"), ("BucketOwnerFullControl", "bucket-owner-full-control")],
)
def test_a_canned_acl(given: str | None, wanted: str) -> None:
    assert IN_API_WORDS["AccessControl"](given, "bucket") == wanted
