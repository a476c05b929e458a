"""What S3 shows of each resource type, in the template's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, list_all, or_nothing, pick, reader


@reader("AWS::S3::Bucket")
def buckets(services: Services) -> Shown:
    s3 = services("s3")
    return {bucket["Name"]: bucket_properties(s3, bucket["Name"]) for bucket in list_all(s3, "list_buckets", "Buckets")}


def bucket_properties(s3: Any, name: str) -> dict[str, Any]:
    def shown(operation: Callable[..., Any], member: str) -> Any:
        return or_nothing(operation, Bucket=name).get(member)

    versioning = s3.get_bucket_versioning(Bucket=name).get("Status")
    grantees = (grant["Grantee"].get("URI", "") for grant in s3.get_bucket_acl(Bucket=name)["Grants"])
    acceleration = shown(s3.get_bucket_accelerate_configuration, "Status")
    lock = shown(s3.get_object_lock_configuration, "ObjectLockConfiguration")
    # What was never enabled and what is suspended keep the same.
    return {
        "BucketName": name,
        "AccelerateConfiguration": enabled(acceleration, "AccelerationStatus"),
        "AccessControl": "LogDeliveryWrite" if any("LogDelivery" in uri for uri in grantees) else "Private",
        "BucketEncryption": encryption(shown(s3.get_bucket_encryption, "ServerSideEncryptionConfiguration")),
        "CorsConfiguration": cors(shown(s3.get_bucket_cors, "CORSRules")),
        "LifecycleConfiguration": lifecycle(or_nothing(s3.get_bucket_lifecycle_configuration, Bucket=name)),
        "LoggingConfiguration": logging(shown(s3.get_bucket_logging, "LoggingEnabled")),
        "NotificationConfiguration": notifications(s3.get_bucket_notification_configuration(Bucket=name)),
        "ObjectLockConfiguration": lock if lock and "Rule" in lock else None,
        "ObjectLockEnabled": True if lock else None,
        "OwnershipControls": shown(s3.get_bucket_ownership_controls, "OwnershipControls"),
        "PublicAccessBlockConfiguration": shown(s3.get_public_access_block, "PublicAccessBlockConfiguration"),
        "Tags": shown(s3.get_bucket_tagging, "TagSet"),
        "VersioningConfiguration": enabled(versioning, "Status"),
        "WebsiteConfiguration": website(or_nothing(s3.get_bucket_website, Bucket=name)),
        **configurations_with_ids(s3, name),
    }


def enabled(status: str | None, name: str) -> dict[str, str] | None:
    return {name: status} if status == "Enabled" else None


def encryption(configuration: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
                "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
            }
            for rule in (configuration or {}).get("Rules", [])
        ]
    }


def cors(rules: list[dict[str, Any]] | None) -> dict[str, Any]:
    words = {"ExposeHeaders": "ExposedHeaders", "ID": "Id", "MaxAgeSeconds": "MaxAge"}
    return {"CorsRules": [{words.get(member, member): value for member, value in rule.items()} for rule in rules or []]}


def logging(shown: Mapping[str, Any] | None) -> dict[str, Any] | None:
    names = {"TargetBucket": "DestinationBucketName", "TargetPrefix": "LogFilePrefix"}
    return None if shown is None else {names.get(name, name): member for name, member in shown.items()}


def notifications(shown: Mapping[str, Any]) -> dict[str, Any]:
    def each(kind: str, arn: str) -> list[dict[str, Any]]:
        return [
            {
                "Event": one["Events"][0],
                arn.removesuffix("Arn"): one[arn],
                "Filter": ("Filter" in one and {"S3Key": {"Rules": one["Filter"]["Key"]["FilterRules"]}}) or None,
            }
            for one in shown.get(kind, [])
        ]

    return {
        "EventBridgeConfiguration": {"EventBridgeEnabled": "EventBridgeConfiguration" in shown or None},
        "QueueConfigurations": each("QueueConfigurations", "QueueArn"),
        "TopicConfigurations": each("TopicConfigurations", "TopicArn"),
    }


def website(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "IndexDocument": shown.get("IndexDocument", {}).get("Suffix"),
        "ErrorDocument": shown.get("ErrorDocument", {}).get("Key"),
        "RedirectAllRequestsTo": shown.get("RedirectAllRequestsTo"),
        "RoutingRules": [
            {"RoutingRuleCondition": rule["Condition"], "RedirectRule": rule["Redirect"]}
            for rule in shown.get("RoutingRules", [])
        ],
    }


def configurations_with_ids(s3: Any, name: str) -> dict[str, Any]:
    tiering = s3.list_bucket_intelligent_tiering_configurations(Bucket=name)
    inventory = s3.list_bucket_inventory_configurations(Bucket=name)
    metrics = s3.list_bucket_metrics_configurations(Bucket=name)
    return {
        "IntelligentTieringConfigurations": [
            {**pick(each, "Id", "Status", "Tierings"), **conditions(each)}
            for each in tiering.get("IntelligentTieringConfigurationList", [])
        ],
        "InventoryConfigurations": [
            {
                **pick(each, "Id", "IncludedObjectVersions", "OptionalFields"),
                **conditions(each),
                "Destination": destination(each["Destination"]["S3BucketDestination"]),
                "Enabled": each["IsEnabled"],
                "ScheduleFrequency": each["Schedule"]["Frequency"],
            }
            for each in inventory.get("InventoryConfigurationList", [])
        ],
        "MetricsConfigurations": [
            {**pick(each, "Id"), **conditions(each)} for each in metrics.get("MetricsConfigurationList", [])
        ],
    }


def destination(bucket: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "BucketAccountId": bucket.get("AccountId"),
        "BucketArn": bucket["Bucket"],
        **pick(bucket, "Format", "Prefix"),
    }


def conditions(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a filter, whether there is one or several."""
    both = shown.get("Filter", {})
    both = both.get("And", both)
    return {
        **pick(both, "Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan"),
        "TagFilters": both.get("Tags", [both["Tag"]] if "Tag" in both else []),
    }


def lifecycle(shown: Mapping[str, Any]) -> dict[str, Any] | None:
    if not shown:
        return None
    size = shown["TransitionDefaultMinimumObjectSize"]
    return {
        "Rules": [dict(lifecycle_properties(rule)) for rule in shown["Rules"]],
        # A template need not give the default.
        "TransitionDefaultMinimumObjectSize": None if size == "all_storage_classes_128K" else size,
    }


def lifecycle_properties(rule: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from pick(rule, "Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload").items()
    yield from conditions(rule).items()
    yield "Id", rule["ID"]
    yield "ExpirationInDays", rule.get("Expiration", {}).get("Days")
    yield "ExpiredObjectDeleteMarker", rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker")
    for name, days in (("Transitions", "Days"), ("NoncurrentVersionTransitions", "NoncurrentDays")):
        yield (
            name,
            [
                {**pick(t, "StorageClass", "NewerNoncurrentVersions"), "TransitionInDays": t[days]}
                for t in rule.get(name, [])
            ],
        )


@reader("AWS::S3::BucketPolicy")
def bucket_policies(services: Services) -> Shown:
    s3 = services("s3")
    policies = {
        bucket["Name"]: or_nothing(s3.get_bucket_policy, Bucket=bucket["Name"]).get("Policy")
        for bucket in list_all(s3, "list_buckets", "Buckets")
    }
    return {name: {"Bucket": name, "PolicyDocument": json.loads(policy)} for name, policy in policies.items() if policy}
