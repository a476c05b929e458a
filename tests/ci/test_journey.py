"""A change travels from a merge request to production, through three accounts of the embedded AWS."""

from __future__ import annotations

import pytest

from tests.ci.conftest import Platform

pytestmark = [pytest.mark.gitlab, pytest.mark.timeout(1800)]
ZEROS = "0" * 40
CHECKS = {"lint", "test", "secrets", "synth"}


def test_a_change_travels_from_a_merge_request_to_prod_through_three_accounts(platform: Platform) -> None:
    project = platform.project
    first = project.git("rev-parse", "HEAD")
    merged = project.run_push(before=ZEROS)
    assert set(merged.jobs) == {
        *CHECKS,
        "changes",
        *(f"flights:{action}:{environment}" for action in ("deploy", "smoke") for environment in ("dev", "pre")),
        "flights:plan:prod",
        "weather:deploy:dev",
        "weather:smoke:dev",
        "weather:plan:prod",
    }, merged.output
    assert merged.failed == [], merged.output
    assert first
