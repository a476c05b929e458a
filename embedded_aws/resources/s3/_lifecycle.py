"""The lifecycle configuration of an S3 bucket, from a template's words to the API's."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import pick
from embedded_aws.resources.handler import Properties

RULE = "LifecycleConfiguration.Rules"
NONCURRENT = f"{RULE}.NoncurrentVersionTransitions"
SUPPORTED = frozenset(
    {
        "LifecycleConfiguration.TransitionDefaultMinimumObjectSize",
        f"{RULE}.AbortIncompleteMultipartUpload",
        f"{RULE}.ExpirationDate",
        f"{RULE}.ExpirationInDays",
        f"{RULE}.ExpiredObjectDeleteMarker",
        f"{RULE}.Id",
        f"{RULE}.NoncurrentVersionExpiration",
        f"{RULE}.NoncurrentVersionExpirationInDays",
        *(f"{NONCURRENT}.{name}" for name in ("NewerNoncurrentVersions", "StorageClass", "TransitionInDays")),
        f"{RULE}.ObjectSizeGreaterThan",
        f"{RULE}.ObjectSizeLessThan",
        f"{RULE}.Prefix",
        f"{RULE}.Status",
        f"{RULE}.TagFilters",
        *(f"{RULE}.Transitions.{name}" for name in ("StorageClass", "TransitionDate", "TransitionInDays")),
    }
)


def lifecycle_rules(configuration: Properties) -> dict[str, Any]:
    return {"Rules": [_rule(rule) for rule in configuration["Rules"]]}


def _rule(rule: Properties) -> dict[str, Any]:
    """A template's lifecycle rule in the words of the API."""
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    noncurrent_days = rule.get("NoncurrentVersionExpirationInDays")
    members = {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": _filter(rule),
        "Expiration": {name: value for name, value in expiration.items() if value is not None},
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration")
        or ({"NoncurrentDays": noncurrent_days} if noncurrent_days is not None else None),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Transitions": [_transition(t, days="Days") for t in rule.get("Transitions", [])],
        "NoncurrentVersionTransitions": [
            _transition(t, days="NoncurrentDays") for t in rule.get("NoncurrentVersionTransitions", [])
        ],
    }
    return {name: value for name, value in members.items() if value}


def _transition(transition: Properties, *, days: str) -> dict[str, Any]:
    members = {
        "StorageClass": transition["StorageClass"],
        days: transition.get("TransitionInDays"),
        "Date": transition.get("TransitionDate"),
        "NewerNoncurrentVersions": transition.get("NewerNoncurrentVersions"),
    }
    return {name: value for name, value in members.items() if value is not None}


def _filter(rule: Properties) -> dict[str, Any]:
    """One condition stands alone, several go into `And`, and none is the empty prefix.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRuleFilter.html
    """
    conditions = pick(rule, "Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    tags = rule.get("TagFilters", [])
    if len(tags) + len(conditions) > 1:
        return {"And": {**conditions, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else conditions or {"Prefix": ""}
