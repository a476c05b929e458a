"""Two deployments of one project and environment at once, as two processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.deploy.conftest import client_of
from tests.deploy.scratch_checkout import Checkout, Client, statuses
from tests.mlproject_command import without_reference

pytestmark = pytest.mark.deploy
DEPLOY = ("deploy", "aurora", "-e", "scratch", "--yes")
# What the one that comes too late says, depending on how far the other one is.
SENTENCES = (
    "is in progress",
    "another deployment has changed this stack since its changes were planned",
    "at the same time, and this one has changed nothing in it. Run the command again",
)


def deploy_at_once(checkouts: Sequence[Checkout]) -> list[int]:
    """Start a deployment of each checkout at the same time, and return the exit codes.

    Each one that failed must say in its last line that another deployment was the reason.
    """
    command = [sys.executable, "-m", "mlproject.cli.main", *DEPLOY]
    started = [
        subprocess.Popen(
            command,
            cwd=checkout.root,
            env=checkout.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        for checkout in checkouts
    ]
    printed = [process.communicate()[1] for process in started]
    for process, errors in zip(started, printed, strict=True):
        if process.returncode:
            assert any(sentence in without_reference(errors).splitlines()[-1] for sentence in SENTENCES), errors
            assert "Traceback" not in errors
    return [process.returncode for process in started]


def own_statuses(client: Client) -> dict[str, tuple[str, bool]]:
    """The statuses of the project's stacks, without the network."""
    return {name: status for name, status in statuses(client).items() if name.startswith("aurora-")}


def test_one_of_two_deployments_wins_and_the_other_says_why_it_has_not(checkout: Checkout, tmp_path: Path) -> None:
    client = client_of(checkout.server)
    project = checkout.add("aurora")
    stacks = {f"aurora-scratch-{kind}" for kind in ("storage", "pipeline", "notebooks")}
    first = deploy_at_once([checkout, checkout])
    assert 0 in first
    assert set(first) <= {0, 1}
    assert own_statuses(client) == dict.fromkeys(stacks, ("CREATE_COMPLETE", False))
    assert statuses(client)["scratch-network"] == ("CREATE_COMPLETE", False)

    # Two commits that change the same stack.
    other = replace(checkout, root=tmp_path / "other")
    shutil.copytree(checkout.root, other.root, symlinks=True)
    project.write_text(project.read_text().replace("noncurrent_days: 7", "noncurrent_days: 9"))
    theirs = other.root / project.relative_to(checkout.root)
    theirs.write_text(theirs.read_text().replace("noncurrent_days: 7", "noncurrent_days: 11"))
    second = deploy_at_once([checkout, other])
    assert 0 in second
    assert set(second) <= {0, 1}
    assert {status for status, _ in own_statuses(client).values()} == {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    template = json.dumps(client("cloudformation").get_template(StackName="aurora-scratch-storage")["TemplateBody"])
    days = [value for value in (9, 11) if f'"NoncurrentDays": {value}' in template]
    assert len(days) == 1
    if 1 in second:
        # The one that deployed is the one that said so.
        assert days == [9 if second[0] == 0 else 11]
    checkout.mlproject("smoke", "aurora", "-e", "scratch")
