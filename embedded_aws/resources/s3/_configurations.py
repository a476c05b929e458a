"""The configurations of an S3 bucket: how each property of a template is put, and how it is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.resources._common import pick, tags
from embedded_aws.resources.handler import Properties
from embedded_aws.resources.s3 import _translations as translations
from embedded_aws.resources.s3._lifecycle import lifecycle_rules


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How a property of a bucket is put, and how it goes back to S3's default.

    Args:
        property: its name in a template.
        put: the operation that sets it; `argument` of it takes what `translate` makes of the property and the
            bucket's name.
        delete: the operation that removes it; without one, `translate` makes of None the default to put.
        more: further arguments of `put`.
    """

    property: str
    put: str
    argument: str
    delete: str | None = None
    translate: Callable[[Any, str], Any] = lambda value, _bucket: value
    more: Callable[[Any], Mapping[str, Any]] = lambda _value: {}


@dataclass(frozen=True, kw_only=True)
class ConfigurationList:
    """A property that lists configurations, each with an id of its own.

    Args:
        property: its name in a template.
        put: the operation that sets one; `argument` of it takes what `translate` makes of the item.
        delete: the operation that removes one.
    """

    property: str
    put: str
    argument: str
    delete: str
    translate: Callable[[Properties], dict[str, Any]]


CONFIGURATIONS = (
    Configuration(
        property="CorsConfiguration",
        put="PutBucketCors",
        argument="CORSConfiguration",
        delete="DeleteBucketCors",
        translate=lambda value, _bucket: translations.cors(value),
    ),
    Configuration(
        property="OwnershipControls",
        put="PutBucketOwnershipControls",
        argument="OwnershipControls",
        delete="DeleteBucketOwnershipControls",
    ),
    Configuration(
        property="AccessControl",
        put="PutBucketAcl",
        argument="ACL",
        translate=lambda value, _bucket: translations.canned_acl(value),
    ),
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
        translate=lambda value, _bucket: translations.encryption(value),
    ),
    # Versioning can be suspended, never taken away.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    Configuration(
        property="VersioningConfiguration",
        put="PutBucketVersioning",
        argument="VersioningConfiguration",
        translate=lambda value, _bucket: value or {"Status": "Suspended"},
    ),
    # So can acceleration.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
    Configuration(
        property="AccelerateConfiguration",
        put="PutBucketAccelerateConfiguration",
        argument="AccelerateConfiguration",
        translate=lambda value, _bucket: {"Status": value["AccelerationStatus"] if value else "Suspended"},
    ),
    Configuration(
        property="LifecycleConfiguration",
        put="PutBucketLifecycleConfiguration",
        argument="LifecycleConfiguration",
        delete="DeleteBucketLifecycle",
        translate=lambda value, _bucket: lifecycle_rules(value),
        more=lambda value: pick(value, "TransitionDefaultMinimumObjectSize"),
    ),
    Configuration(
        property="LoggingConfiguration",
        put="PutBucketLogging",
        argument="BucketLoggingStatus",
        translate=translations.logging,
    ),
    Configuration(
        property="NotificationConfiguration",
        put="PutBucketNotificationConfiguration",
        argument="NotificationConfiguration",
        translate=lambda value, _bucket: translations.notifications(value),
    ),
    # A bucket keeps its lock; only the default retention can be taken away.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
    Configuration(
        property="ObjectLockConfiguration",
        put="PutObjectLockConfiguration",
        argument="ObjectLockConfiguration",
        translate=lambda value, _bucket: value or {"ObjectLockEnabled": "Enabled"},
    ),
    Configuration(
        property="WebsiteConfiguration",
        put="PutBucketWebsite",
        argument="WebsiteConfiguration",
        delete="DeleteBucketWebsite",
        translate=lambda value, _bucket: translations.website(value),
    ),
    Configuration(
        property="Tags",
        put="PutBucketTagging",
        argument="Tagging",
        delete="DeleteBucketTagging",
        translate=lambda value, _bucket: {"TagSet": tags({"Tags": value})},
    ),
)

CONFIGURATION_LISTS = (
    ConfigurationList(
        property="IntelligentTieringConfigurations",
        put="PutBucketIntelligentTieringConfiguration",
        argument="IntelligentTieringConfiguration",
        delete="DeleteBucketIntelligentTieringConfiguration",
        translate=translations.intelligent_tiering,
    ),
    ConfigurationList(
        property="InventoryConfigurations",
        put="PutBucketInventoryConfiguration",
        argument="InventoryConfiguration",
        delete="DeleteBucketInventoryConfiguration",
        translate=translations.inventory,
    ),
    ConfigurationList(
        property="MetricsConfigurations",
        put="PutBucketMetricsConfiguration",
        argument="MetricsConfiguration",
        delete="DeleteBucketMetricsConfiguration",
        translate=translations.metrics,
    ),
)
