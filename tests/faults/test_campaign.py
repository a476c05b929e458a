"""A sample of the campaign of faults; `make faults` runs all of it."""

from __future__ import annotations

from faults.campaign import list_faults


def test_the_campaign_has_at_least_500_faults_with_different_names() -> None:
    names = [fault.name for fault in list_faults(seed=1, sample=False)]
    assert len(set(names)) == len(names) >= 500
