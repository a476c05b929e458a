"""CloudTrail."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.responses import CloudTrailResponse

from embedded_aws.gaps._registry import fills


@fills(
    CloudTrailResponse,
    "lookup_events",
    service="cloudtrail",
    what="LookupEvents, with no events",
    why="moto does not know it, and the CDK CLI asks for it after each failed deploy",
)
def lookup_events(_self: Any) -> str:
    return '{"Events": []}'
