"""Schemas of CDK's own custom resources, in the form of AWS's resource schemas: they have none of their own.

A property listed as create-only changes the physical id that the resource's function answers with, upon which
CloudFormation deletes the resource with the old id.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
"""

from __future__ import annotations

from typing import Any


def _schema(
    name: str,
    *properties: str,
    required: tuple[str, ...] = (),
    create_only: tuple[str, ...] = (),
    attributes: tuple[str, ...] = (),
) -> dict[str, Any]:
    # The attributes that repeat a property read it; a schema would list such a property as read-only otherwise.
    return {
        "typeName": f"Custom::{name}",
        "properties": {each: {} for each in ("ServiceToken", *properties)},
        "required": ["ServiceToken", *required],
        "createOnlyProperties": [f"/properties/{each}" for each in create_only],
        "readableProperties": [*attributes],
        "primaryIdentifier": [],
        "additionalProperties": False,
        "tagging": {"taggable": False},
    }


SCHEMAS = {
    each["typeName"]: each
    for each in (
        _schema("S3AutoDeleteObjects", "BucketName", required=("BucketName",), create_only=("BucketName",)),
        _schema(
            "CDKBucketDeployment",
            "DestinationBucketArn",
            "DestinationBucketKeyPrefix",
            "DestinationBucketName",
            "DistributionId",
            "DistributionPaths",
            "Exclude",
            "Extract",
            "Include",
            "OutputObjectKeys",
            "OutputObjectVersionIds",
            "Prune",
            "RetainOnDelete",
            "SignContent",
            "SourceBucketNames",
            "SourceMarkers",
            "SourceMarkersConfig",
            "SourceObjectKeys",
            "SystemMetadata",
            "UserMetadata",
            "WaitForDistributionInvalidation",
            required=("DestinationBucketName", "SourceBucketNames", "SourceObjectKeys"),
            attributes=("DestinationBucketArn", "SourceObjectKeys"),
        ),
        _schema(
            "S3BucketNotifications",
            "BucketName",
            "Managed",
            "NotificationConfiguration",
            "SkipDestinationValidation",
            required=("BucketName", "NotificationConfiguration"),
        ),
        _schema(
            "VpcRestrictDefaultSG",
            "Account",
            "DefaultSecurityGroupId",
            required=("Account", "DefaultSecurityGroupId"),
        ),
        _schema(
            "LogRetention",
            "LogGroupName",
            "LogGroupRegion",
            "RemovalPolicy",
            "RetentionInDays",
            "SdkRetry",
            required=("LogGroupName",),
            create_only=("LogGroupName",),
            attributes=("LogGroupName",),
        ),
    )
}
