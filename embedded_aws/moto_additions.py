"""Everything in the embedded AWS that is not moto's own."""

from __future__ import annotations

from embedded_aws import gaps
from embedded_aws.gaps import MotoAddition

ENGINE = MotoAddition(
    service="cloudformation",
    what="the whole service: an engine of ours, with one handler per resource type that calls the service's own API",
    why="moto's has no rollback, skips types it does not know and cannot delete or change most",
)
GUARD = MotoAddition(
    service="iam",
    what="who may do what: a guard of ours before moto, which decides every request as IAM does",
    why="moto's own check sees no resource, no condition, no boundary and no policy of a key",
)


def moto_additions() -> tuple[MotoAddition, ...]:
    """What stands in for moto or is added to it, by service."""
    return tuple(sorted((ENGINE, GUARD, *gaps.moto_additions()), key=lambda each: each.service))
