"""S3: the configurations of a bucket that moto lacks, forgets in part, or takes for the bucket itself."""

from __future__ import annotations

import re
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.s3.exceptions import InvalidBucketState
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

from embedded_aws.gaps._registry import fills

_get = S3Response._bucket_response_get
_put = S3Response._bucket_response_put
_delete = S3Response._bucket_response_delete
_get_notification = S3Response.get_bucket_notification
_get_object_lock = S3Backend.get_object_lock_configuration

# The configurations of which a bucket has several, each with an id: the query parameter, and the XML element.
WITH_ID = {
    "analytics": "AnalyticsConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "metrics": "MetricsConfiguration",
}
# The configurations of which moto keeps a part. The request and the response have the same XML.
KEPT_IN_PART = ("lifecycle", "logging")
MINIMUM_SIZE = "x-amz-transition-default-minimum-object-size"
_KEPT = "embedded_configurations"
_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


def _kept(bucket: FakeBucket) -> dict[tuple[str, str], str]:
    """What is kept for a bucket: the XML, by query parameter and id."""
    kept: dict[tuple[str, str], str] = vars(bucket).setdefault(_KEPT, {})
    return kept


def _kind(query: dict[str, Any], kinds: Any) -> str | None:
    return next((kind for kind in kinds if kind in query), None)


def _body(response: Any) -> str:
    """The body of a request, without its XML declaration: it may become a part of another document."""
    body = response.body
    text = body.decode() if isinstance(body, bytes) else str(body)
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_NOT_FOUND: TYPE_RESPONSE = (
    404,
    {"Content-Type": "application/xml"},
    "<Error><Code>NoSuchConfiguration</Code><Message>The specified configuration does not exist.</Message></Error>",
)


@fills(
    S3Response,
    "_bucket_response_put",
    service="s3",
    what="analytics, intelligent tiering, inventory and metrics configurations of a bucket; every member of its "
    "lifecycle and logging configurations",
    why="moto takes the first for the creation of a bucket, and forgets sizes, retained versions and key formats",
)
def put_configuration(self: Any, request: Any, bucket_name: str, querystring: dict[str, Any]) -> str | TYPE_RESPONSE:
    if kind := _kind(querystring, WITH_ID):
        _kept(self.backend.get_bucket(bucket_name))[kind, querystring["id"][0]] = _body(self)
        return 200, {}, ""
    answer: str | TYPE_RESPONSE = _put(self, request, bucket_name, querystring)
    if kind := _kind(querystring, KEPT_IN_PART):
        kept = _kept(self.backend.get_bucket(bucket_name))
        kept[kind, ""] = _body(self)
        if kind == "lifecycle":
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
            kept[MINIMUM_SIZE, ""] = request.headers.get(MINIMUM_SIZE) or "all_storage_classes_128K"
    return answer


@fills(
    S3Response,
    "_bucket_response_get",
    service="s3",
    what="the same configurations, as they were put",
    why="moto lists objects instead, or shows a part",
)
def get_configuration(self: Any, bucket_name: str, querystring: dict[str, Any]) -> str | TYPE_RESPONSE:
    if kind := _kind(querystring, WITH_ID):
        kept = _kept(self.backend.get_bucket(bucket_name))
        if "id" in querystring:
            found = kept.get((kind, querystring["id"][0]))
            return _NOT_FOUND if found is None else (200, {}, found)
        listed = "".join(kept[each] for each in sorted(kept) if each[0] == kind)
        root = f"List{WITH_ID[kind]}sResult"
        return 200, {}, f'<{root} xmlns="{_XMLNS}"><IsTruncated>false</IsTruncated>{listed}</{root}>'
    answer: str | TYPE_RESPONSE = _get(self, bucket_name, querystring)
    if kind := _kind(querystring, KEPT_IN_PART):
        kept = _kept(self.backend.get_bucket(bucket_name))
        if kept.get((kind, "")):
            return 200, {MINIMUM_SIZE: kept[MINIMUM_SIZE, ""]} if kind == "lifecycle" else {}, kept[kind, ""]
    return answer


@fills(
    S3Response,
    "_bucket_response_delete",
    service="s3",
    what="the deletion of a configuration, which leaves the bucket",
    why="moto deletes the bucket",
)
def delete_configuration(self: Any, bucket_name: str, querystring: dict[str, Any]) -> TYPE_RESPONSE:
    kind = _kind(querystring, WITH_ID)
    if kind is None:
        answer: TYPE_RESPONSE = _delete(self, bucket_name, querystring)
        return answer
    if _kept(self.backend.get_bucket(bucket_name)).pop((kind, querystring["id"][0]), None) is None:
        return _NOT_FOUND
    return 204, {}, ""


@fills(
    S3Response,
    "get_bucket_notification",
    service="s3",
    what="GetBucketNotificationConfiguration with the delivery to EventBridge",
    why="moto keeps it and does not show it",
)
def get_notification(self: Any) -> TYPE_RESPONSE:
    status, headers, body = _get_notification(self)
    configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if configuration is not None and configuration.event_bridge is not None:
        end = "</NotificationConfiguration>"
        text = body.decode() if isinstance(body, bytes) else str(body)
        empty = re.sub(r"<NotificationConfiguration([^>]*)/>", rf"<NotificationConfiguration\1>{end}", text)
        body = empty.replace(end, f"<EventBridgeConfiguration/>{end}")
    return status, headers, body


@fills(
    S3Backend,
    "get_object_lock_configuration",
    service="s3",
    what="GetObjectLockConfiguration with days or years, whichever was given",
    why="moto shows the other as 0",
)
def get_object_lock(self: Any, bucket_name: str) -> tuple[bool, str | None, int | None, int | None]:
    enabled, mode, days, years = _get_object_lock(self, bucket_name)
    return enabled, mode, days or None, years or None


@fills(
    S3Backend,
    "put_object_lock_configuration",
    service="s3",
    what="PutObjectLockConfiguration of a bucket that holds objects",
    why="moto refuses it, as S3 did before November 2023",
)
def put_object_lock(self: Any, bucket_name: str, lock_enabled: bool, *retention: Any) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html"""
    bucket = self.get_bucket(bucket_name)
    if not bucket.is_versioned:
        raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    bucket.object_lock_enabled = bucket.object_lock_enabled or lock_enabled
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = retention
