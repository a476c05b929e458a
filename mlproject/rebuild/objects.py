"""Objects in S3 that a registered model names, and that may have been deleted since."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.runner.storage.object_store import split_uri

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; HEAD requests have the HTTP status only
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket"})


def is_missing(error: ClientError) -> bool:
    """Whether S3 reports that an object, or its bucket, does not exist."""
    return error.response["Error"]["Code"] in _MISSING


def read_object(uri: str, s3: Any, *, missing: str) -> bytes:
    """Return the content of an object.

    Args:
        uri: such as `s3://bucket/key`.
        s3: the boto3 client.
        missing: message of the error if the object no longer exists.

    Raises:
        UserError: the object does not exist.
    """
    bucket, key = split_uri(uri)
    try:
        return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        if not is_missing(error):
            raise
        raise UserError(missing, exit_code=1, topic="model-not-rebuildable") from error
