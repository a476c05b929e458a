"""Reports of the nodes about their libraries, which the bootstrap action writes to the artifacts bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.emr import LOGS_PREFIX

# A cluster has hundreds of nodes at most, and their reasons rarely differ.
_READ = 50
_REASON_LENGTH = 2000


@dataclass(frozen=True, kw_only=True)
class LibraryFailure:
    """A reason for which nodes could not install their libraries.

    Args:
        reason: the reason, as a node wrote it.
        hosts: host names of the nodes with this reason, sorted.
    """

    reason: str
    hosts: tuple[str, ...]


def read_library_failures(s3: Any, *, bucket: str, cluster_id: str) -> tuple[LibraryFailure, ...]:
    """Return the failures in the newest 50 reports of a cluster's nodes.

    Args:
        s3: a boto3 client.
        bucket: name of the artifacts bucket.
        cluster_id: id of the cluster in EMR.
    """
    prefix = f"{LOGS_PREFIX}{cluster_id}/libraries/"
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        reports = [each for page in pages for each in page.get("Contents", [])]
        newest = sorted(reports, key=lambda each: each["LastModified"], reverse=True)[:_READ]
        texts = {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in newest}
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            return ()
        return (LibraryFailure(reason=f"the reports in s3://{bucket}/{prefix} cannot be read ({code})", hosts=()),)
    hosts: dict[str, list[str]] = {}
    for key, content in texts.items():
        state, _, rest = content.decode(errors="replace").strip().partition(" ")
        if state == "failed":
            # After the time. What a node wrote is shown on a terminal.
            reason = "".join(filter(str.isprintable, rest.partition(" ")[2]))[:_REASON_LENGTH]
            hosts.setdefault(reason, []).append(key.removeprefix(prefix).removesuffix(".txt"))
    return tuple(LibraryFailure(reason=reason, hosts=tuple(sorted(names))) for reason, names in sorted(hosts.items()))
