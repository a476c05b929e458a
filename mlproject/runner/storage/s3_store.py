"""An object store in S3, with a boto3 client."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError

from mlproject.errors import UserError
from mlproject.runner.storage.object_store import StoredObject, UnreachableError, split_uri

_CHUNK = 1024 * 1024  # bytes at a time


class S3Store:
    """A Store with a boto3 S3 client.

    Args:
        client: a client with the credentials of the job's role.
        endpoint: the endpoint of the embedded AWS, for error messages.
    """

    def __init__(self, client: Any, *, endpoint: str) -> None:
        self._client = client
        self._endpoint = endpoint

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        bucket, key = split_uri(uri)
        with translate_errors(uri, self._endpoint):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            return tuple(
                StoredObject(uri=f"s3://{bucket}/{item['Key']}", etag=item["ETag"].strip('"'), size=item["Size"])
                for page in pages
                for item in page.get("Contents", [])
                if not item["Key"].endswith("/")
            )

    def read(self, uri: str) -> bytes:
        bucket, key = split_uri(uri)
        with translate_errors(uri, self._endpoint):
            content: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
            return content

    def download(self, found: StoredObject, path: Path) -> None:
        bucket, key = split_uri(found.uri)
        with translate_errors(found.uri, self._endpoint):
            body = self._client.get_object(Bucket=bucket, Key=key, IfMatch=found.etag)["Body"]
            with path.open("wb") as file:
                shutil.copyfileobj(body, file, _CHUNK)

    def upload(self, path: Path, uri: str, *, kms_key: str | None) -> StoredObject:
        bucket, key = split_uri(uri)
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        with translate_errors(uri, self._endpoint), path.open("rb") as file:
            answer = self._client.put_object(Bucket=bucket, Key=key, Body=file, **encryption)
        return StoredObject(uri=uri, etag=answer["ETag"].strip('"'), size=path.stat().st_size)


@contextmanager
def translate_errors(subject: str, endpoint: str) -> Iterator[None]:
    """Convert errors of botocore to user errors about `subject`.

    Raises:
        UnreachableError: the endpoint does not respond.
        UserError: the call failed.
    """
    try:
        yield
    except (HTTPClientError, IncompleteReadError) as error:
        raise UnreachableError(endpoint) from error
    except ClientError as error:
        code, message = (error.response["Error"].get(key, "") for key in ("Code", "Message"))
        raise UserError(f"{subject}: {error.operation_name} failed: {message} ({code})", exit_code=1) from error
    except BotoCoreError as error:
        raise UserError(f"{subject}: {error}", exit_code=1) from error
