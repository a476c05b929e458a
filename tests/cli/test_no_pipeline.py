"""Commands on a project that has notebooks and no pipeline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout, lay_out

NO_PIPELINE = "tiny has no pipeline in local. Add the key pipeline to projects/tiny/project.yaml."


@pytest.fixture
def explored(tmp_path: Path) -> Checkout:
    checkout = lay_out(tmp_path)
    file = checkout.root / "projects" / "tiny" / "project.yaml"
    notebooks = "notebooks: {explore: {instance_type: ml.t3.medium}}"
    file.write_text(file.read_text().replace("pipeline:\n  folder: tiny", notebooks))
    shutil.rmtree(checkout.root / "pipelines")
    return checkout


def test_its_parameters_are_valid(explored: Checkout) -> None:
    done = explored.run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "OK: 1 project, 3 environments." in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("run", "tiny"), ("data", "push", "tiny"), ("data", "push", "tiny", "--from", "files")],
    ids=["run", "push", "push from a folder"],
)
def test_what_needs_a_pipeline_is_refused_in_one_sentence(explored: Checkout, arguments: tuple[str, ...]) -> None:
    done = explored.run(*arguments, "--environment", "local")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {NO_PIPELINE}\n")
