"""Custom::S3AutoDeleteObjects and Custom::S3BucketNotifications."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.resources._common import call, changed, ignoring
from embedded_aws.resources.custom_resources._custom_resource import CustomResource, is_true
from embedded_aws.resources.handler import Context, Properties, handler

# A bucket without this tag is not emptied, even if a custom resource asks for it.
_MAY_BE_EMPTIED = {"Key": "aws-cdk:auto-delete-objects", "Value": "true"}


@handler
class S3AutoDeleteObjects(CustomResource):
    type_name = "Custom::S3AutoDeleteObjects"
    supported = frozenset({"BucketName", "ServiceToken"})

    def on_create(self, context: Context, properties: Properties) -> None:
        """Nothing to do before the bucket goes."""

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        """Another bucket is another resource, so nothing changes in place but the function."""

    def on_delete(self, context: Context, properties: Properties) -> None:
        bucket = properties["BucketName"]
        with ignoring("NoSuchBucket"), ignoring("NoSuchTagSet"):
            if _MAY_BE_EMPTIED in call(context, "s3", "GetBucketTagging", Bucket=bucket)["TagSet"]:
                _refuse_new_objects(context, bucket)
                _delete_objects(context, bucket)


def _refuse_new_objects(context: Context, bucket: str) -> None:
    """Deny everybody to write, so that the bucket stays empty until it is deleted."""
    policy: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
    with ignoring("NoSuchBucketPolicy"):
        policy = json.loads(call(context, "s3", "GetBucketPolicy", Bucket=bucket)["Policy"])
    denial = {
        "Principal": "*",
        "Effect": "Deny",
        "Action": ["s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    # The function goes on without it too, since a role of an older CDK lacks s3:PutBucketPolicy.
    with ignoring("AccessDenied"):
        call(
            context,
            "s3",
            "PutBucketPolicy",
            Bucket=bucket,
            Policy={**policy, "Statement": [*policy["Statement"], denial]},
        )


def _delete_objects(context: Context, bucket: str) -> None:
    pages = context.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
        if objects:
            answer = call(context, "s3", "DeleteObjects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            for error in answer.get("Errors", [])[:1]:
                raise ClientError({"Error": {k: error[k] for k in ("Code", "Message")}}, "DeleteObjects")


@handler
class S3BucketNotifications(CustomResource):
    type_name = "Custom::S3BucketNotifications"
    DESTINATIONS = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")
    EVENT_BRIDGE = "EventBridgeConfiguration"
    supported = frozenset(
        {"BucketName", "Managed", "NotificationConfiguration", "ServiceToken", "SkipDestinationValidation"}
    )

    def physical_id(self, context: Context, properties: Properties) -> str:
        return context.logical_id

    def on_create(self, context: Context, properties: Properties) -> None:
        self._put(context, properties, added=properties["NotificationConfiguration"], removed={})

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        if changed(old, new, "BucketName", "Managed", "NotificationConfiguration", "SkipDestinationValidation"):
            self._put(context, new, added=new["NotificationConfiguration"], removed=old["NotificationConfiguration"])

    def on_delete(self, context: Context, properties: Properties) -> None:
        self._put(context, properties, added={}, removed=properties["NotificationConfiguration"])

    def _put(
        self, context: Context, properties: Properties, *, added: Mapping[str, Any], removed: Mapping[str, Any]
    ) -> None:
        """Replace all notifications of a managed bucket; of another one, those of this resource."""
        is_managed = is_true(properties, "Managed", default=True)
        bucket = properties["BucketName"]
        call(
            context,
            "s3",
            "PutBucketNotificationConfiguration",
            Bucket=bucket,
            NotificationConfiguration=added
            if is_managed
            else self._merged(context, bucket, added=added, removed=removed),
            SkipDestinationValidation=is_true(properties, "SkipDestinationValidation", default=False),
        )

    def _merged(
        self, context: Context, bucket: str, *, added: Mapping[str, Any], removed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The bucket's own notifications, which other people made, with those of this resource."""
        existing = call(context, "s3", "GetBucketNotificationConfiguration", Bucket=bucket)
        merged: dict[str, Any] = {}
        for kind in self.DESTINATIONS:
            gone = {each["Id"] for each in _with_ids(context, removed.get(kind, []))}
            kept = [each for each in existing.get(kind, []) if each["Id"] not in gone]
            if together := [*kept, *_with_ids(context, added.get(kind, []))]:
                merged[kind] = together
        for source in (existing, added):
            if self.EVENT_BRIDGE in source:
                merged[self.EVENT_BRIDGE] = source[self.EVENT_BRIDGE]
        return merged


def _with_ids(context: Context, notifications: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Notifications with ids by which this stack's are recognised among the bucket's."""
    return [
        {**each, "Id": f"{context.stack_id}-{hashlib.sha256(json.dumps(each, sort_keys=True).encode()).hexdigest()}"}
        for each in notifications
    ]
