"""The configurations of an S3 bucket: how each property of a template is put, and how it is taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_aws.resources._common import pick, tags
from embedded_aws.resources.handler import Properties


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How a property of a bucket is put, and how it goes back to S3's default.

    Args:
        property: its name in a template.
        put: the operation that sets it; `argument` of it takes what `in_api_words` makes of the property and the
            bucket's name.
        delete: the operation that removes it; without one, `in_api_words` makes of None the default to put.
    """

    property: str
    put: str
    argument: str
    delete: str | None = None
    in_api_words: Callable[[Any, str], Any] = lambda value, _bucket: value


def _canned_acl(name: str | None, _bucket: str) -> str:
    """`LogDeliveryWrite` in a template is `log-delivery-write` in the API."""
    if name is None:
        return "private"
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _encryption(configuration: Properties, _bucket: str) -> dict[str, Any]:
    return {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
                **pick(rule, "BucketKeyEnabled"),
            }
            for rule in configuration["ServerSideEncryptionConfiguration"]
        ]
    }


def _logging(configuration: Properties | None, bucket: str) -> dict[str, Any]:
    if configuration is None:
        return {}
    return {
        "LoggingEnabled": {
            "TargetBucket": configuration.get("DestinationBucketName", bucket),
            "TargetPrefix": configuration.get("LogFilePrefix", ""),
        }
    }


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
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
        "Filter": _lifecycle_filter(rule),
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
    }
    return {name: value for name, value in members.items() if value is not None}


def _lifecycle_filter(rule: Properties) -> dict[str, Any]:
    wanted = rule.get("TagFilters", [])
    prefix = pick(rule, "Prefix")
    if len(wanted) + len(prefix) > 1:
        return {"And": {**prefix, "Tags": wanted}}
    return {"Tag": wanted[0]} if wanted else {"Prefix": "", **prefix}


# A CORS rule's members in a template and in the API.
CORS_WORDS = {
    "AllowedHeaders": "AllowedHeaders",
    "AllowedMethods": "AllowedMethods",
    "AllowedOrigins": "AllowedOrigins",
    "ExposedHeaders": "ExposeHeaders",
    "MaxAge": "MaxAgeSeconds",
}


def _cors(configuration: Properties, _bucket: str) -> dict[str, Any]:
    rules = configuration["CorsRules"]
    return {"CORSRules": [{CORS_WORDS[name]: value for name, value in rule.items()} for rule in rules]}


CONFIGURATIONS = (
    Configuration(
        property="CorsConfiguration",
        put="PutBucketCors",
        argument="CORSConfiguration",
        delete="DeleteBucketCors",
        in_api_words=_cors,
    ),
    Configuration(
        property="OwnershipControls",
        put="PutBucketOwnershipControls",
        argument="OwnershipControls",
        delete="DeleteBucketOwnershipControls",
    ),
    Configuration(property="AccessControl", put="PutBucketAcl", argument="ACL", in_api_words=_canned_acl),
    Configuration(
        property="PublicAccessBlockConfiguration",
        put="PutPublicAccessBlock",
        argument="PublicAccessBlockConfiguration",
        delete="DeletePublicAccessBlock",
    ),
    Configuration(
        property="BucketEncryption",
        put="PutBucketEncryption",
        argument="ServerSideEncryptionConfiguration",
        delete="DeleteBucketEncryption",
        in_api_words=_encryption,
    ),
    # Versioning can be suspended, never taken away.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    Configuration(
        property="VersioningConfiguration",
        put="PutBucketVersioning",
        argument="VersioningConfiguration",
        in_api_words=lambda value, _bucket: value or {"Status": "Suspended"},
    ),
    Configuration(
        property="LifecycleConfiguration",
        put="PutBucketLifecycleConfiguration",
        argument="LifecycleConfiguration",
        delete="DeleteBucketLifecycle",
        in_api_words=lambda value, _bucket: {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]},
    ),
    Configuration(
        property="LoggingConfiguration",
        put="PutBucketLogging",
        argument="BucketLoggingStatus",
        in_api_words=_logging,
    ),
    Configuration(
        property="Tags",
        put="PutBucketTagging",
        argument="Tagging",
        delete="DeleteBucketTagging",
        in_api_words=lambda value, _bucket: {"TagSet": tags({"Tags": value})},
    ),
)
