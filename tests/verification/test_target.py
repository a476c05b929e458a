"""The environment of a command that runs for one side of a verification."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import load_parameters
from mlproject.verification import Target
from tests.checkouts import EXAMPLE


def target(root: Path, *, isolated: bool) -> Target:
    """A checkout whose CDK CLI prints its arguments and its AWS variables."""
    program = root / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@: $AWS_PROFILE $AWS_SESSION_TOKEN $AWS_REGION"\n')
    program.chmod(0o755)
    return Target(
        title="a target",
        root=root,
        deployment=load_parameters(EXAMPLE).deployment("flights", "local"),
        variables={"AWS_REGION": "eu-west-1"},
        isolated=isolated,
        client=lambda _service: None,
        log=root / "log",
        propagation_seconds=0.0,
        instance_type="ml.m5.large",
    )


@pytest.mark.parametrize(("isolated", "found"), [(True, "  eu-west-1"), (False, "work token eu-west-1")])
def test_the_callers_profile_is_used_for_aws_but_not_for_the_embedded_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: bool, found: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    done = target(tmp_path, isolated=isolated).cdk("diff", "a stack")
    assert (done.code, done.output) == (0, f"diff a stack: {found}\n")


def test_the_reason_of_a_failed_command_is_its_error_and_not_the_line_that_leads_to_docs(tmp_path: Path) -> None:
    done = target(tmp_path, isolated=True).mlproject("cost", "nothing")
    assert done.errors.splitlines()[-1].endswith("/errors.md#no-checkout")
    assert done.last_line.startswith("error: ")
