"""Any valid parameters are synthesized into stacks that keep every invariant, or are refused in words."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, reject

from mlproject.errors import UserError
from mlproject.parameters import ParametersError, load_parameters
from tests.properties.deployed_project import synthesize
from tests.properties.examples import examples
from tests.properties.invariants import assert_invariants, assert_within_limits, invariants, lint_findings
from tests.properties.platforms import PlatformFiles, platforms
from tests.stacks.assembly import stacks_of

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

# A synthesis takes seconds, and cfn-lint as long again.
BRIEF, LONG = 4, 5


def is_synthesized(files: PlatformFiles, *, lint: bool) -> bool:
    """Look at the stacks of a platform; False if it is refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        root, assembly = files.write(Path(folder) / "checkout"), Path(folder) / "cdk.out"
        try:
            platform = load_parameters(root)
        except ParametersError:
            return False
        try:
            synthesize(platform, assembly)
        except UserError as error:
            assert str(error).endswith("."), error
            return False
        stacks = stacks_of(assembly)
        assert_invariants(stacks, platform=platform, assembly=assembly)
        for stack in stacks.values():
            assert_within_limits(stack)
            assert not lint or lint_findings(stack) == []
        return True


def test_a_few_platforms_keep_every_invariant() -> None:
    keep_invariants(BRIEF, lint=False)


@pytest.mark.slow
def test_many_platforms_keep_every_invariant_and_please_cfn_lint() -> None:
    keep_invariants(LONG, lint=True)


def keep_invariants(count: int, *, lint: bool) -> None:
    synthesized = 0

    @examples(count)
    @given(platforms())
    def check(files: PlatformFiles) -> None:
        nonlocal synthesized
        if not is_synthesized(files, lint=lint):
            # Some break a rule across keys, or run a pipeline where AWS does not publish its images:
            # Hypothesis draws another one for each, and fails if it finds few that are not refused.
            reject()
        synthesized += 1

    check()
    assert synthesized >= count


def test_the_invariants_of_a_repository_are_found() -> None:
    assert len(invariants()) >= 25
