"""`mlproject verify-aws` from end to end: what is AWS for the script is one more embedded AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from embedded_aws import ACCOUNT, Server
from mlproject.verification import CLAIMS
from tests.checkouts import inherited_variables, lay_out_example
from tests.deploy.conftest import REGION, client_of
from tests.deploy.listing import exists

# Two whole lives of a project, one after the other: about two minutes on a quiet machine.
pytestmark = pytest.mark.deploy


def verify(server: Server, page: Path, *options: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable, "-m", "mlproject.cli.main", "verify-aws", "--environment", "local",
            "--output", str(page), *options,
        ],
        cwd=lay_out_example(page.parent / "checkout"),
        env={**inherited_variables(), **server.environment(ACCOUNT, REGION)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.provokes_denials
def test_every_step_is_tried_on_both_sides_and_nothing_is_left(bootstrapped: Server, tmp_path: Path) -> None:
    page = tmp_path / "verify-aws.md"
    done = verify(bootstrapped, page, typed=f"{ACCOUNT}\n")
    assert done.returncode == 0, done.stdout + done.stderr

    text = page.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [claim.sentence for claim in CLAIMS]
    assert all(row.endswith("| same |") for row in rows)
    assert f"{len(CLAIMS)} of {len(CLAIMS)} claims" in text
    assert "this tests the steps, not AWS" in text
    # What was seen is what should be, not the same failure twice.
    said = {claim.sentence: row.split(" | ")[1] for claim, row in zip(CLAIMS, rows, strict=True)}
    assert [observation for observation in said.values() if "failed" in observation] == [
        "the run failed and named sagemaker:CreateProcessingJob"
    ]
    assert "Register Succeeded" in said["the pipeline's steps end as defined"]
    assert "explore InService" in said["each notebook is in service after its lifecycle scripts"]
    assert said["the cluster's bootstrap action succeeds and the cluster waits for work"] == "WAITING"
    assert said["`mlproject empty` and `cdk destroy` leave nothing"] == "nothing"
    assert exists(client_of(bootstrapped)) == {}


def test_nothing_is_done_unless_the_accounts_number_is_typed(bootstrapped: Server, tmp_path: Path) -> None:
    page = tmp_path / "verify-aws.md"
    done = verify(bootstrapped, page, typed="yes\n")
    assert done.returncode == 1
    assert "This costs money" in done.stdout
    assert "nothing was done" in done.stderr
    assert not page.exists()
    assert exists(client_of(bootstrapped)) == {}
