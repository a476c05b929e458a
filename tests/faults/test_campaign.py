"""A sample of the campaign of faults; `make faults` runs all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from faults.campaign import list_faults
from tests.checkouts import ROOT
from tests.node_scripts.machine import sandbox_problem


def test_the_campaign_has_at_least_500_faults_with_different_names() -> None:
    names = [fault.name for fault in list_faults(seed=1, sample=False)]
    assert len(set(names)) == len(names) >= 500


@pytest.mark.slow
def test_a_sample_of_the_faults_is_recovered_or_refused_in_words() -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    done = subprocess.run(
        [sys.executable, "-m", "faults", "--sample", "--workers", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
