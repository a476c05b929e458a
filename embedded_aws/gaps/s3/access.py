"""S3."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, S3Backend

from embedded_aws.gaps._registry import fills
from embedded_aws.iam.services.s3_batch_deletion import REFUSED


@fills(
    FakeBucket,
    "_log_permissions_enabled_policy",
    service="s3",
    what="PutBucketLogging without a look at the log bucket's policy",
    why="moto asks for the policy at this call, which a stack may well make before the policy",
)
def log_permissions_enabled_policy(_self: Any, **_: Any) -> bool:
    return True


@fills(
    FakeBucket,
    "get_permission",
    service="s3",
    what="bucket policies read by the guard before moto; here only the objects of a batch that it refuses",
    why="moto reads them without principal, headers or conditions: a Deny of plain HTTP blocks every upload",
)
def get_permission(_self: Any, action: str, resource: str) -> Any:
    is_refused = action == "s3:DeleteObject" and resource in REFUSED.get()
    return PermissionResult.DENIED if is_refused else PermissionResult.NEUTRAL


@fills(
    S3Backend,
    "log_incoming_request",
    service="s3",
    what="no delivery of access logs; the configuration is kept and shown",
    why="moto writes an object into the log bucket at each request, at once: no stack with one could be deleted",
)
def log_incoming_request(_self: Any, _request: Any, _bucket_name: str) -> None:
    """Nothing is written."""
