"""The configurations of an S3 bucket, from a template's words to the API's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.resources._common import boolean, pick
from embedded_aws.resources.handler import Properties

# A CORS rule's members in a template and in the API.
CORS_WORDS = {
    "AllowedHeaders": "AllowedHeaders",
    "AllowedMethods": "AllowedMethods",
    "AllowedOrigins": "AllowedOrigins",
    "ExposedHeaders": "ExposeHeaders",
    "Id": "ID",
    "MaxAge": "MaxAgeSeconds",
}
# A notification's destination: the property of a template, its member with the ARN, and that of the API.
DESTINATIONS = {"QueueConfigurations": ("Queue", "QueueArn"), "TopicConfigurations": ("Topic", "TopicArn")}


def renamed(value: Properties, words: Mapping[str, str]) -> dict[str, Any]:
    """The members that `words` names, under their other names."""
    return {words[name]: member for name, member in value.items() if name in words}


def canned_acl(name: str | None) -> str:
    """`LogDeliveryWrite` in a template is `log-delivery-write` in the API."""
    if name is None:
        return "private"
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def cors(configuration: Properties) -> dict[str, Any]:
    return {"CORSRules": [renamed(rule, CORS_WORDS) for rule in configuration["CorsRules"]]}


def encryption(configuration: Properties) -> dict[str, Any]:
    return {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
                **pick(rule, "BucketKeyEnabled"),
            }
            for rule in configuration["ServerSideEncryptionConfiguration"]
        ]
    }


def logging(configuration: Properties | None, bucket: str) -> dict[str, Any]:
    """A bucket without a destination logs into itself."""
    if configuration is None:
        return {}
    return {
        "LoggingEnabled": {
            "TargetBucket": configuration.get("DestinationBucketName", bucket),
            "TargetPrefix": configuration.get("LogFilePrefix", ""),
            **pick(configuration, "TargetObjectKeyFormat"),
        }
    }


def notifications(configuration: Properties | None) -> dict[str, Any]:
    """Empty for none: S3 has no operation that deletes notifications.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
    """
    given = configuration or {}
    by_destination = {
        name: [
            {
                arn: each[member],
                "Events": [each["Event"]],
                **({"Filter": {"Key": {"FilterRules": each["Filter"]["S3Key"]["Rules"]}}} if "Filter" in each else {}),
            }
            for each in given[name]
        ]
        for name, (member, arn) in DESTINATIONS.items()
        if given.get(name)
    }
    enabled = boolean(given.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False))
    return {**by_destination, **({"EventBridgeConfiguration": {}} if enabled else {})}


def website(configuration: Properties) -> dict[str, Any]:
    members = {
        "IndexDocument": {"Suffix": configuration.get("IndexDocument")},
        "ErrorDocument": {"Key": configuration.get("ErrorDocument")},
        "RedirectAllRequestsTo": configuration.get("RedirectAllRequestsTo"),
        "RoutingRules": [
            renamed(rule, {"RoutingRuleCondition": "Condition", "RedirectRule": "Redirect"})
            for rule in configuration.get("RoutingRules", [])
        ],
    }
    return {name: value for name, value in members.items() if value not in ({"Suffix": None}, {"Key": None}, None, [])}


def intelligent_tiering(configuration: Properties) -> dict[str, Any]:
    return {**pick(configuration, "Id", "Status", "Tierings"), **_filter(configuration)}


def metrics(configuration: Properties) -> dict[str, Any]:
    return {**pick(configuration, "Id"), **_filter(configuration)}


def inventory(configuration: Properties) -> dict[str, Any]:
    words = {"BucketAccountId": "AccountId", "BucketArn": "Bucket", "Format": "Format", "Prefix": "Prefix"}
    return {
        **pick(configuration, "Id", "IncludedObjectVersions", "OptionalFields"),
        "Destination": {"S3BucketDestination": renamed(configuration["Destination"], words)},
        "IsEnabled": configuration["Enabled"],
        "Schedule": {"Frequency": configuration["ScheduleFrequency"]},
        **_filter(configuration),
    }


def _filter(configuration: Properties) -> dict[str, Any]:
    """One condition stands alone, several go into `And`, and without one the whole bucket is meant."""
    prefix, tags = pick(configuration, "Prefix"), configuration.get("TagFilters", [])
    if len(prefix) + len(tags) > 1:
        return {"Filter": {"And": {**prefix, "Tags": tags}}}
    return {"Filter": {"Tag": tags[0]} if tags else prefix} if prefix or tags else {}
