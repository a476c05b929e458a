"""S3: the actions behind its operations, the objects they name, and the keys that its encryption needs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from embedded_aws.iam import context
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.context import ABSENT, Context, Values
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.resources import ANYTHING, AccountRegion
from embedded_aws.iam.services import kms

# Operations whose action has another name.
ACTIONS: Mapping[str, str] = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
# Actions that have a sibling for one version of an object.
OF_A_VERSION: Mapping[str, str] = {
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
}
# What a header of an upload needs besides.
WITH_HEADER: Mapping[str, str] = {
    "x-amz-acl": "PutObjectAcl",
    "x-amz-grant-full-control": "PutObjectAcl",
    "x-amz-grant-read": "PutObjectAcl",
    "x-amz-grant-read-acp": "PutObjectAcl",
    "x-amz-grant-write-acp": "PutObjectAcl",
    "x-amz-object-lock-legal-hold": "PutObjectLegalHold",
    "x-amz-object-lock-mode": "PutObjectRetention",
    "x-amz-tagging": "PutObjectTagging",
}
_UPLOADS = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
_PARTS = frozenset({"UploadPart", "UploadPartCopy", "CompleteMultipartUpload"})
_READS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "SelectObjectContent"})
_COPIES = frozenset({"CopyObject", "UploadPartCopy"})
_ENCRYPTION = "x-amz-server-side-encryption"
_KMS = frozenset({"aws:kms", "aws:kms:dsse"})


def checks(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """The actions of a call on S3."""
    given = call.parameters
    bucket, key = given.get("Bucket"), given.get("Key")
    action = ACTIONS.get(call.operation, call.operation)
    told = _told(call, place)
    if call.operation == "ListBuckets":
        return [PermissionCheck(action=f"s3:{action}", resource=ANYTHING, context=told)]
    if not bucket:
        raise UndecidableError(f"{call.operation} of S3 names no bucket")
    if call.operation == "DeleteObjects":
        return [_deletion(each, bucket, told, place) for each in given["Delete"]["Objects"]]
    if not key:
        return [PermissionCheck(action=f"s3:{action}", resource=arn(bucket, place=place), context=told)]
    if given.get("VersionId"):
        action = OF_A_VERSION.get(action, action)
    names = [action]
    if call.operation == "GetObjectAttributes":
        names.append("GetObjectVersion" if given.get("VersionId") else "GetObject")
    if call.operation in _UPLOADS:
        names += dict.fromkeys(name for header, name in WITH_HEADER.items() if header in call.headers)
    resource = arn(bucket, key, place=place)
    found = [PermissionCheck(action=f"s3:{name}", resource=resource, context=told) for name in names]
    if call.operation in _COPIES:
        found += _source(given["CopySource"], told, place)
    if call.operation in _READS:
        found += _missing(bucket, key, given.get("VersionId"), told, place)
    return found + _keys(call, bucket, key, place)


def arn(bucket: str, key: str | None = None, *, place: AccountRegion) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html"""
    return f"arn:{place.partition}:s3:::{bucket}{'' if key is None else f'/{key}'}"


def find_bucket(name: str, place: AccountRegion) -> Any:
    """moto's bucket, whichever account owns it; None if there is none."""
    from moto.s3.models import s3_backends  # moto takes long to import

    return s3_backends[owner_of(name) or place.account][place.partition].buckets.get(name)


def owner_of(bucket: str) -> str:
    """The account that owns a bucket; empty if there is no such bucket. Bucket names are global."""
    from moto.s3.models import s3_backends

    return str(s3_backends.bucket_accounts.get(bucket, ("", ""))[1])


def _deletion(each: Mapping[str, Any], bucket: str, told: Context, place: AccountRegion) -> PermissionCheck:
    version = each.get("VersionId")
    return PermissionCheck(
        action="s3:DeleteObjectVersion" if version else "s3:DeleteObject",
        resource=arn(bucket, each["Key"], place=place),
        context=told.also(context.of({"s3:VersionId": version})),
        partial=each["Key"],
    )


def _source(source: str | Mapping[str, str], told: Context, place: AccountRegion) -> list[PermissionCheck]:
    """The source is read with the caller's rights.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    """
    path, _, query = (
        source.partition("?") if isinstance(source, str) else (f"{source['Bucket']}/{source['Key']}", "", "")
    )
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    version = dict(parse_qsl(query)).get("versionId")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    found = _object(bucket, key, version, place)
    read = PermissionCheck(
        action=action, resource=arn(bucket, key, place=place), context=told.also(context.of({"s3:VersionId": version}))
    )
    return [read, *_decryption(found, bucket, key, place)]


def _missing(bucket: str, key: str, version: str | None, told: Context, place: AccountRegion) -> list[PermissionCheck]:
    """Who may not list a bucket does not learn that an object is missing: it is refused instead.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    if find_bucket(bucket, place) is None or _object(bucket, key, version, place) is not None:
        return []
    return [PermissionCheck(action="s3:ListBucket", resource=arn(bucket, place=place), context=told)]


def _keys(call: Call, bucket: str, key: str, place: AccountRegion) -> list[PermissionCheck]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""
    if call.operation in _READS:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html: the key is used for a checksum only.
        if call.operation == "HeadObject" and call.headers.get("x-amz-checksum-mode") != "ENABLED":
            return []
        return _decryption(_object(bucket, key, call.parameters.get("VersionId"), place), bucket, key, place)
    asked: str | None
    identifier: str | None
    if call.operation in _PARTS:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
        actions: tuple[str, ...] = ("kms:Decrypt", "kms:GenerateDataKey")
        upload = _upload(call, bucket, place)
        asked, identifier = (upload.sse_encryption, upload.kms_key_id) if upload else (None, None)
    elif call.operation in _UPLOADS:
        actions = ("kms:GenerateDataKey",)
        asked = call.headers.get(_ENCRYPTION)
        identifier = call.headers.get(f"{_ENCRYPTION}-aws-kms-key-id")
    else:
        return []
    if not _is_kms(asked, identifier, bucket, place):
        return []
    return _use(actions, identifier or _default(bucket, place).get("KMSMasterKeyID"), bucket, key, place)


def _is_kms(asked: str | None, identifier: str | None, bucket: str, place: AccountRegion) -> bool:
    """Whether an upload is encrypted with a key of KMS: as it asks, else as the bucket does by default."""
    return bool(identifier) or (asked or _default(bucket, place).get("SSEAlgorithm")) in _KMS


def _decryption(found: Any, bucket: str, key: str, place: AccountRegion) -> list[PermissionCheck]:
    if found is None or found.encryption not in _KMS:
        return []
    return _use(("kms:Decrypt",), found.kms_key_id, bucket, key, place)


def _use(
    actions: tuple[str, ...], identifier: str | None, bucket: str, key: str, place: AccountRegion
) -> list[PermissionCheck]:
    """With a bucket key, the encryption context is the bucket instead of the object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    told = {"aws:s3:arn": arn(bucket, None if _has_bucket_key(bucket, place) else key, place=place)}
    return [check for action in actions for check in kms.through("s3", action, identifier, place, told)]


def _object(bucket: str, key: str, version: str | None, place: AccountRegion) -> Any:
    """moto's object, without what moto does when it is asked for one; None for none or a delete marker."""
    held = find_bucket(bucket, place)
    if held is None:
        return None
    versions = held.keys.getlist(key, default=[])
    chosen = [each for each in versions if version is None or str(each.version_id) == version]
    return chosen[-1] if chosen and hasattr(chosen[-1], "encryption") else None


def _upload(call: Call, bucket: str, place: AccountRegion) -> Any:
    held = find_bucket(bucket, place)
    return None if held is None else held.multiparts.get(call.parameters.get("UploadId"))


def _rule(bucket: str, place: AccountRegion) -> Mapping[str, Any]:
    held = find_bucket(bucket, place)
    rule = held.encryption.get("Rule", {}) if held is not None and held.encryption else {}
    return rule[0] if isinstance(rule, list) else rule


def _default(bucket: str, place: AccountRegion) -> Mapping[str, Any]:
    default: Mapping[str, Any] = _rule(bucket, place).get("ApplyServerSideEncryptionByDefault", {})
    return default


def _has_bucket_key(bucket: str, place: AccountRegion) -> bool:
    return str(_rule(bucket, place).get("BucketKeyEnabled", False)).lower() == "true"


def _told(call: Call, place: AccountRegion) -> Context:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys"""
    given = call.parameters
    presigned = "authorization" not in call.headers
    keys_of_upload = dict(parse_qsl(call.headers.get("x-amz-tagging", "")))
    known = context.of(
        {
            "s3:prefix": given.get("Prefix"),
            "s3:delimiter": given.get("Delimiter"),
            "s3:max-keys": None if given.get("MaxKeys") is None else str(given["MaxKeys"]),
            "s3:VersionId": given.get("VersionId"),
            "s3:ResourceAccount": place.account,
            "s3:authType": "REST-QUERY-STRING" if presigned else "REST-HEADER",
            "s3:signatureversion": "AWS4-HMAC-SHA256",
            # TLS is assumed, as for aws:SecureTransport.
            "s3:TlsVersion": "1.3",
            "s3:RequestObjectTagKeys": tuple(keys_of_upload),
            "s3:if-match": call.headers.get("if-match"),
            "s3:if-none-match": call.headers.get("if-none-match"),
        }
    )
    families = {
        "s3:x-amz-": lambda name: _header(call, f"x-amz-{name}", place),
        "s3:requestobjecttag/": context.tags(keys_of_upload),
        "s3:existingobjecttag/": lambda name: _object_tag(name, call, place),
    }
    return Context(known.keys, families)


def _header(call: Call, name: str, place: AccountRegion) -> Values:
    value = call.headers.get(name)
    if value is None and call.operation in _PARTS and name in {_ENCRYPTION, f"{_ENCRYPTION}-aws-kms-key-id"}:
        # A part brings no header of its own: what holds is what its upload was begun with.
        upload = _upload(call, call.parameters["Bucket"], place)
        value = upload and (upload.sse_encryption if name == _ENCRYPTION else upload.kms_key_id)
    return (value,) if value else ABSENT


def _object_tag(name: str, call: Call, place: AccountRegion) -> Values:
    from moto.s3.models import s3_backends

    found = _object(call.parameters["Bucket"], call.parameters.get("Key", ""), call.parameters.get("VersionId"), place)
    if found is None:
        return ABSENT
    held = s3_backends[place.account][place.partition].tagger.list_tags_for_resource(found.arn)["Tags"]
    return context.tags({tag["Key"]: tag["Value"] for tag in held})(name)
