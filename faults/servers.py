"""The embedded AWS that all cases share; each case names what it creates for itself."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws

REGION = "eu-south-2"


@functools.cache
def shared_server() -> aws.Server:
    """Return the server, which ends with this process."""
    return aws.start(Path(tempfile.mkdtemp(prefix="aws-")), lifetime=aws.Lifetime.OF_STARTER)


@functools.cache
def client(service: str) -> Any:
    """Return a boto3 client of its administrator."""
    server = shared_server()
    keys = server.administrator
    session = boto3.Session(keys.access_key_id, keys.secret_access_key, region_name=REGION)
    return session.client(service, endpoint_url=server.endpoint)


def bucket_objects(bucket: str) -> dict[str, bytes]:
    """Return the content of a bucket's objects by key."""
    s3 = client("s3")
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found}
