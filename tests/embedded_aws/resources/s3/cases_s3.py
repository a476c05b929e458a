"""The cases of S3's resource types."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT
from tests.embedded_aws.resources.cases_operations import KEY_ARN, ref, tags
from tests.embedded_aws.resources.harness import Case


def bucket(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **properties}}


def bucket_policy(effect: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": effect,
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::contract-policy/*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


LOG_BUCKET = bucket("contract-logs")
LIFECYCLE = {
    "TransitionDefaultMinimumObjectSize": "varies_by_storage_class",
    "Rules": [
        {
            "Id": "sizes",
            "Status": "Enabled",
            "ExpirationInDays": 9,
            "ObjectSizeGreaterThan": "1000",
            "ObjectSizeLessThan": "2000",
        },
        {
            "Id": "versions",
            "Status": "Enabled",
            "ObjectSizeGreaterThan": "1",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": "2"},
            "NoncurrentVersionTransitions": [
                {"StorageClass": "GLACIER", "TransitionInDays": 3, "NewerNoncurrentVersions": "1"}
            ],
        },
    ],
}
WEBSITE = {
    "IndexDocument": "index.html",
    "ErrorDocument": "error.html",
    "RoutingRules": [
        {
            "RoutingRuleCondition": {"KeyPrefixEquals": "old/", "HttpErrorCodeReturnedEquals": "404"},
            "RedirectRule": {"ReplaceKeyPrefixWith": "new/", "HttpRedirectCode": "302"},
        }
    ],
}
DESTINATIONS = {
    "LogBucket": LOG_BUCKET,
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "contract-events"}},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "contract-events"}},
}
PREFIX_FILTER = {"S3Key": {"Rules": [{"Name": "prefix", "Value": "raw/"}]}}


def inventory(identifier: str, **more: Any) -> dict[str, Any]:
    destination = {"BucketArn": {"Fn::GetAtt": ["LogBucket", "Arn"]}, "Format": "CSV"}
    return {
        "Destination": destination,
        "Enabled": "true",
        "Id": identifier,
        "IncludedObjectVersions": "Current",
        "ScheduleFrequency": "Weekly",
        **more,
    }


def tiering(identifier: str, days: int, **more: Any) -> dict[str, Any]:
    tierings = [{"AccessTier": "ARCHIVE_ACCESS", "Days": days}]
    return {"Id": identifier, "Status": "Enabled", "Tierings": tierings, **more}


S3_CASES = (
    Case(
        type="AWS::S3::Bucket",
        dependencies={"LogBucket": LOG_BUCKET},
        first={
            "BucketName": "contract-bucket",
            "CorsConfiguration": {
                "CorsRules": [
                    {
                        "AllowedHeaders": ["Authorization"],
                        "AllowedMethods": ["GET", "PUT"],
                        "AllowedOrigins": ["https://example.com"],
                        "ExposedHeaders": ["ETag"],
                        "Id": "pages",
                        "MaxAge": 60,
                    }
                ]
            },
            "AccessControl": "LogDeliveryWrite",
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": "true",
                        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN},
                    }
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "everything",
                        "Status": "Enabled",
                        "ExpirationInDays": "365",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        "Transitions": [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 10}],
                        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": "20"}],
                    },
                    {
                        "Id": "some",
                        "Status": "Disabled",
                        "Prefix": "raw/",
                        "TagFilters": tags(kind="raw"),
                        "ExpiredObjectDeleteMarker": True,
                    },
                ]
            },
            "LoggingConfiguration": {"DestinationBucketName": ref("LogBucket"), "LogFilePrefix": "data/"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": "true",
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "Tags": tags(a="1", b="1"),
            "VersioningConfiguration": {"Status": "Enabled"},
        },
        changed={
            "BucketName": "contract-bucket",
            "LifecycleConfiguration": {
                "Rules": [{"Id": "old", "Status": "Enabled", "Prefix": "old/", "ExpirationInDays": 1}]
            },
            "Tags": tags(a="2"),
        },
        replaced={"BucketName": "contract-bucket-other"},
        defaults={"AccessControl": "Private"},
    ),
    Case(
        type="AWS::S3::Bucket",
        variant="with objects that are locked, moved, counted and announced",
        dependencies=DESTINATIONS,
        first={
            "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
            "BucketName": "contract-objects",
            "IntelligentTieringConfigurations": [
                tiering("all", 90),
                tiering("raw", 100, Prefix="raw/", TagFilters=tags(kind="raw")),
            ],
            "InventoryConfigurations": [
                inventory("all"),
                {
                    **inventory("raw", Prefix="raw/", OptionalFields=["Size", "ETag"], IncludedObjectVersions="All"),
                    "Destination": {
                        "BucketAccountId": ACCOUNT,
                        "BucketArn": {"Fn::GetAtt": ["LogBucket", "Arn"]},
                        "Format": "Parquet",
                        "Prefix": "inventory/",
                    },
                },
            ],
            "LifecycleConfiguration": LIFECYCLE,
            "LoggingConfiguration": {
                "DestinationBucketName": ref("LogBucket"),
                "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
            },
            "MetricsConfigurations": [
                {"Id": "all"},
                {"Id": "raw", "Prefix": "raw/"},
                {"Id": "a", "TagFilters": tags(a="1")},
            ],
            "NotificationConfiguration": {
                "EventBridgeConfiguration": {"EventBridgeEnabled": "true"},
                "QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}],
                "TopicConfigurations": [
                    {"Event": "s3:ObjectCreated:*", "Topic": ref("Topic"), "Filter": PREFIX_FILTER}
                ],
            },
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "3"}},
            },
            "ObjectLockEnabled": "true",
            "VersioningConfiguration": {"Status": "Enabled"},
            "WebsiteConfiguration": WEBSITE,
        },
        changed={
            "BucketName": "contract-objects",
            "IntelligentTieringConfigurations": [tiering("all", 180)],
            "InventoryConfigurations": [inventory("all", ScheduleFrequency="Daily", Enabled=False)],
            "LoggingConfiguration": {"DestinationBucketName": ref("LogBucket"), "LogFilePrefix": "logs/"},
            "MetricsConfigurations": [{"Id": "all", "Prefix": "raw/"}],
            "NotificationConfiguration": {
                "TopicConfigurations": [{"Event": "s3:ObjectCreated:Put", "Topic": ref("Topic")}]
            },
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}},
            },
            "ObjectLockEnabled": True,
            "VersioningConfiguration": {"Status": "Enabled"},
            "WebsiteConfiguration": {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}},
        },
        defaults={"AccessControl": "Private"},
    ),
    Case(
        type="AWS::S3::BucketPolicy",
        dependencies={
            name: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}
            for name, bucket in (("One", "contract-policy"), ("Two", "contract-policy-other"))
        },
        first={"Bucket": ref("One"), "PolicyDocument": bucket_policy("Deny")},
        changed={"Bucket": ref("One"), "PolicyDocument": bucket_policy("Allow")},
        replaced={"Bucket": ref("Two"), "PolicyDocument": bucket_policy("Deny")},
    ),
)
