"""Verify all claims in order. The last one always runs, since it destroys what the others created."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from mlproject.verification.claims import CLAIMS, FAILED, Claim
from mlproject.verification.target import Target

SKIPPED = "skipped, because an earlier step failed"


def verify_claims(
    target: Target,
    *,
    claims: Sequence[Claim] = CLAIMS,
    started: Callable[[Claim], None],
    observed: Callable[[Claim, str, str], None],
) -> None:
    """Verify every claim.

    Args:
        target: the deployment.
        claims: the claims in order; the last one always runs.
        started: called with each claim before its step runs.
        observed: called with each claim, its observation, and the last line of output of a failed step.
    """
    stopped = False
    for claim in claims:
        if stopped and claim is not claims[-1]:
            observed(claim, SKIPPED, "")
            continue
        started(claim)
        try:
            observation, explanation = claim.observe(target)
        except (ClientError, BotoCoreError) as error:
            observation, explanation = FAILED, str(error)
        stopped = stopped or (claim.required and observation == FAILED)
        observed(claim, observation, explanation)
