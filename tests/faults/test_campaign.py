"""A sample of the campaign of faults; `make faults` runs all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from faults.__main__ import SEED
from faults.campaign import list_faults
from tests.checkouts import ROOT
from tests.node_scripts.machine import sandbox_problem

ON_THIS_MACHINE = ("check/", "local up/", "new/", "run/")
# They share an embedded AWS.
IN_AWS = ("data push/", "libraries push/", "run in the embedded AWS/", "saved work/")


def test_the_campaign_has_at_least_500_faults_with_different_names() -> None:
    names = [fault.name for fault in list_faults(seed=1, sample=False)]
    assert len(set(names)) == len(names) >= 500


def test_the_sample_has_a_fault_of_every_subject_but_the_deployment() -> None:
    sample = {f"{fault.subject}/" for fault in list_faults(seed=SEED, sample=True)}
    assert sample == {*ON_THIS_MACHINE, *IN_AWS}
    assert {f"{fault.subject}/" for fault in list_faults(seed=SEED, sample=False)} - sample == {"cdk deploy/"}


@pytest.mark.slow
@pytest.mark.parametrize("subjects", [ON_THIS_MACHINE, IN_AWS])
def test_a_sample_of_the_faults_is_recovered_or_refused_in_words(subjects: tuple[str, ...]) -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    done = subprocess.run(
        [sys.executable, "-m", "faults", "--sample", "--workers", "1", *subjects],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
