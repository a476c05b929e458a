"""All claims at one place, one after the other; the last one destroys what was made, whatever failed before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from mlproject.verification.claims import CLAIMS, FAILED, Claim
from mlproject.verification.place import Place

SKIPPED = "not tried, since an earlier step failed"


def verify(
    place: Place,
    *,
    claims: Sequence[Claim] = CLAIMS,
    started: Callable[[Claim], None],
    seen: Callable[[Claim, str, str], None],
) -> None:
    """Try every claim.

    Args:
        place: where.
        claims: in their order; the last one is tried in any case.
        started: told of each claim before it is tried.
        seen: told of each claim what was seen, and the last words of a step that failed.
    """
    stopped = False
    for claim in claims:
        if stopped and claim is not claims[-1]:
            seen(claim, SKIPPED, "")
            continue
        started(claim)
        try:
            observation, explanation = claim.observe(place)
        except (ClientError, BotoCoreError) as error:
            observation, explanation = FAILED, str(error)
        stopped = stopped or (claim.needed and observation == FAILED)
        seen(claim, observation, explanation)
