"""Proofs of S3's configurations: kept whole, shown as put, deleted alone."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.gaps.proofs import bucket, log_into, proves
from tests.embedded_aws.moto_server import Services

TIERING = {"Id": "old", "Status": "Enabled", "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}


def tier(services: Services, name: str) -> None:
    services("s3").put_bucket_intelligent_tiering_configuration(
        Bucket=name, Id="old", IntelligentTieringConfiguration=TIERING
    )


@proves("S3Response._bucket_response_put")
def a_configuration_with_an_id_is_put_beside_the_others(services: Services, name: str) -> None:
    s3 = services("s3")
    tier(services, bucket(services, name))
    s3.put_bucket_metrics_configuration(Bucket=name, Id="old", MetricsConfiguration={"Id": "old"})
    s3.put_bucket_analytics_configuration(
        Bucket=name, Id="old", AnalyticsConfiguration={"Id": "old", "StorageClassAnalysis": {}}
    )
    assert s3.list_bucket_metrics_configurations(Bucket=name)["MetricsConfigurationList"] == [{"Id": "old"}]
    assert [each["Id"] for each in s3.list_bucket_analytics_configurations(Bucket=name)["AnalyticsConfigurationList"]]


@proves("S3Response._bucket_response_get")
def every_member_of_a_configuration_is_shown(services: Services, name: str) -> None:
    s3 = services("s3")
    tier(services, bucket(services, name))
    shown = s3.get_bucket_intelligent_tiering_configuration(Bucket=name, Id="old")
    assert shown["IntelligentTieringConfiguration"] == TIERING
    with pytest.raises(ClientError) as missing:
        s3.get_bucket_metrics_configuration(Bucket=name, Id="old")
    assert missing.value.response["Error"]["Code"] == "NoSuchConfiguration"
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404

    rule: dict[str, Any] = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "raw/", "ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 2}},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 4},
    }
    lifecycle = {"Bucket": name, "LifecycleConfiguration": {"Rules": [rule]}}
    for size in ("all_storage_classes_128K", "varies_by_storage_class"):
        s3.put_bucket_lifecycle_configuration(**lifecycle, TransitionDefaultMinimumObjectSize=size)
        answer = s3.get_bucket_lifecycle_configuration(Bucket=name)
        assert answer["Rules"] == [rule]
        assert answer["TransitionDefaultMinimumObjectSize"] == size
    s3.delete_bucket_lifecycle(Bucket=name)
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)

    log_into(services, name, name)
    assert "TargetObjectKeyFormat" not in s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]
    enabled = {"TargetBucket": name, "TargetPrefix": "", "TargetObjectKeyFormat": {"SimplePrefix": {}}}
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})
    assert s3.get_bucket_logging(Bucket=name)["LoggingEnabled"] == enabled
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=name)


@proves("S3Response._bucket_response_delete")
def a_configuration_is_deleted_and_its_bucket_stays(services: Services, name: str) -> None:
    s3 = services("s3")
    tier(services, bucket(services, name))
    s3.delete_bucket_intelligent_tiering_configuration(Bucket=name, Id="old")
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.delete_bucket_intelligent_tiering_configuration(Bucket=name, Id="old")
    s3.head_bucket(Bucket=name)
    s3.delete_bucket(Bucket=name)


@proves("S3Response.get_bucket_notification")
def the_delivery_to_eventbridge_is_shown(services: Services, name: str) -> None:
    s3, topic = services("s3"), services("sns").create_topic(Name=name)["TopicArn"]
    to_topic = {"TopicConfigurations": [{"Id": "old", "TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
    bucket(services, name)
    every: list[dict[str, Any]] = [
        {"EventBridgeConfiguration": {}},
        {**to_topic, "EventBridgeConfiguration": {}},
        to_topic,
        {},
    ]
    for notifications in every:
        s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=notifications)
        shown = s3.get_bucket_notification_configuration(Bucket=name)
        assert {key: value for key, value in shown.items() if key != "ResponseMetadata"} == notifications


def lock(services: Services, name: str, **retention: Any) -> None:
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", **retention}}}
    services("s3").put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=rule)


@proves("S3Backend.get_object_lock_configuration")
def a_default_retention_is_in_days_or_in_years(services: Services, name: str) -> None:
    s3 = services("s3")
    s3.put_bucket_versioning(Bucket=bucket(services, name), VersioningConfiguration={"Status": "Enabled"})
    for retention in ({"Days": 3}, {"Years": 1}):
        lock(services, name, **retention)
        shown = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert shown == {"Mode": "GOVERNANCE", **retention}


@proves("S3Backend.put_object_lock_configuration")
def a_bucket_that_holds_objects_is_locked(services: Services, name: str) -> None:
    s3 = services("s3")
    bucket(services, name)
    with pytest.raises(ClientError, match="InvalidBucketState"):
        lock(services, name, Days=1)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    lock(services, name, Days=1)
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
