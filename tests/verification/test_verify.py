"""The order of a verification: a failed required step skips the others, and the destruction always runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from mlproject.verification import Claim, verify_claims
from mlproject.verification.verify import SKIPPED

Observe = Callable[[Any], tuple[str, str]]


def saw(text: str, why: str = "") -> Observe:
    return lambda _target: (text, why)


def refused(_target: Any) -> tuple[str, str]:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized to look"}}, "ListBuckets")


def run_claims(*claims: Claim) -> tuple[list[str], list[tuple[str, str, str]]]:
    """The claims that were started, and what was seen of each."""
    started: list[str] = []
    seen: list[tuple[str, str, str]] = []
    verify_claims(
        target=None,  # type: ignore[arg-type]  # these claims look at nothing
        claims=claims,
        started=lambda claim: started.append(claim.sentence),
        observed=lambda claim, observation, why: seen.append((claim.sentence, observation, why)),
    )
    return started, seen


LAST = Claim(sentence="nothing is left", observe=saw("nothing"))


def test_a_step_that_others_need_stops_all_but_the_destruction() -> None:
    needed = Claim(sentence="it deploys", observe=saw("failed", "no quota"), required=True)
    started, seen = run_claims(needed, Claim(sentence="it runs", observe=saw("ran")), LAST)
    assert started == ["it deploys", "nothing is left"]
    assert seen == [
        ("it deploys", "failed", "no quota"),
        ("it runs", SKIPPED, ""),
        ("nothing is left", "nothing", ""),
    ]


def test_a_step_that_fails_by_itself_stops_nothing() -> None:
    failing = Claim(sentence="it opens", observe=saw("failed", "no notebook"))
    started, _ = run_claims(failing, Claim(sentence="it runs", observe=saw("ran")), LAST)
    assert started == ["it opens", "it runs", "nothing is left"]


def test_what_aws_refuses_is_a_failed_step_with_its_words() -> None:
    _, seen = run_claims(Claim(sentence="it looks", observe=refused), LAST)
    assert seen[0][:2] == ("it looks", "failed")
    assert "not authorized to look" in seen[0][2]
