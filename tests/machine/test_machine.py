"""Checks of this machine: each requirement is found, or is a problem with a remedy."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from mlproject.machine import system, tools
from mlproject.outcome import Outcome, State

ROOT = Path(__file__).parents[2]


def states(outcomes: Iterable[Outcome]) -> dict[str, State]:
    return {outcome.topic: outcome.state for outcome in outcomes}


def checkout(root: Path, *, cdk: str | None) -> Path:
    """A checkout whose CDK CLI prints this version, and whose lock pins 2.1.0."""
    (root / "package-lock.json").write_text(json.dumps({"packages": {"node_modules/aws-cdk": {"version": "2.1.0"}}}))
    programs = {root / ".venv" / "bin" / "node": "v24.0.0"}
    if cdk is not None:
        programs[root / "node_modules" / ".bin" / "cdk"] = cdk
    for path, answer in programs.items():
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\necho '{answer}'\n")
        path.chmod(0o755)
    return root


def test_the_checkout_that_runs_these_tests_has_what_it_needs() -> None:
    assert states(tools.check_python()) == {"Python": State.OK}
    assert states(tools.check_cdk(ROOT)) == {"Node": State.OK, "CDK CLI": State.OK}


def test_the_pinned_cli_is_accepted(tmp_path: Path) -> None:
    assert states(tools.check_cdk(checkout(tmp_path, cdk="2.1.0 (build 1)"))) == {"Node": State.OK, "CDK CLI": State.OK}


@pytest.mark.parametrize(
    ("cdk", "message"),
    [("2.0.9 (build 1)", "2.0.9 (build 1) is installed, but package-lock.json pins 2.1.0"), (None, "does not work")],
)
def test_another_cli_or_none_is_a_problem_with_a_remedy(tmp_path: Path, cdk: str | None, message: str) -> None:
    outcome = list(tools.check_cdk(checkout(tmp_path, cdk=cdk)))[-1]
    assert (outcome.topic, outcome.state, outcome.remedy) == ("CDK CLI", State.PROBLEM, "make install")
    assert message in outcome.message


def test_without_node_there_is_one_problem(tmp_path: Path) -> None:
    root = checkout(tmp_path, cdk="2.1.0")
    (root / ".venv" / "bin" / "node").write_text("not a program")
    assert states(tools.check_cdk(root)) == {"Node": State.PROBLEM}


def test_a_python_that_the_locks_are_not_for_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert states(tools.check_python()) == {"Python": State.PROBLEM}


def test_too_little_disk_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1.9e9))
    assert states(system.check_disk(tmp_path)) == {"disk": State.PROBLEM}


def test_a_machine_on_which_nothing_can_listen_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_server", refuse)
    (outcome,) = system.check_ports()
    assert outcome.state is State.PROBLEM
    assert "Operation not permitted" in outcome.message


def test_a_variable_that_bypasses_the_embedded_aws_is_named() -> None:
    (outcome,) = system.check_variables({"AWS_PROFILE": "work", "HOME": "/root"}, ("AWS_PROFILE", "AWS_ROLE_ARN"))
    assert (outcome.state, "AWS_PROFILE" in outcome.message) == (State.WARNING, True)
    assert "AWS_ROLE_ARN" not in outcome.message
    assert states(system.check_variables({"AWS_PROFILE": ""}, ("AWS_PROFILE",))) == {"variables": State.OK}
