"""`mlproject check` in a process of its own: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from mlproject.parameters import schema
from tests.parameters.ground import ENVIRONMENTS, PROJECT, lay_out, replaced


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_right_is_shown_as_a_table(tmp_path: Path) -> None:
    done = check(lay_out(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "OK: 1 project, 2 environments.\n"
        "project  environment  account       region     network\n"
        "flights  dev          111111111111  eu-west-1  new 10.20.0.0/16\n"
        "flights  prod         222222222222  eu-west-1  imported vpc-0123456789abcdef0\n"
    )


def test_it_works_from_a_folder_below_the_root(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert check(tmp_path / "projects" / "flights").returncode == 0


def test_mistakes_go_to_stderr_with_exit_code_2(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "region: eu-west-1", "region: eu-west-0")
    project = replaced(PROJECT, "  noncurrent_days: 30", "  noncurrent_days: many")
    done = check(lay_out(tmp_path, environments=environments, projects={"flights": project}))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: 2 mistakes in the parameters:\n"
        "environments.yaml:1: region: eu-west-0 is no region with SageMaker that this version knows; "
        "did you mean eu-west-3? Allowed: a region with SageMaker, such as eu-west-1.\n"
        "projects/flights/project.yaml:5: storage.noncurrent_days: many is read as text. "
        "Allowed: whole days, 1 to 36500.\n"
    )


def test_a_machine_reads_the_mistakes_as_json(tmp_path: Path) -> None:
    project = replaced(PROJECT, "  folder: flight_delays", "  folder: flight_delay")
    done = check(lay_out(tmp_path, projects={"flights": project}), "--json")
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout) == {
        "ok": False,
        "findings": [
            {
                "file": "projects/flights/project.yaml",
                "line": 9,
                "key": "pipeline.folder",
                "value": "flight_delay",
                "message": "there is no pipelines/flight_delay",
                "allowed": "flight_delays",
                "suggestion": "flight_delays",
            }
        ],
        "deployments": [],
    }


def test_a_machine_reads_what_is_right_as_json(tmp_path: Path) -> None:
    done = check(lay_out(tmp_path), "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"], document["findings"]) == (0, True, [])
    assert document["deployments"][0] == {
        "project": "flights",
        "environment": "dev",
        "account": "111111111111",
        "region": "eu-west-1",
        "network": "new 10.20.0.0/16",
    }


def test_outside_a_checkout_it_says_where_to_run_it(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: {tmp_path.resolve()}: no environments.yaml here or above; "
        "run the command inside the project's checkout.\n"
    )


def test_the_schemas_can_be_written_anew(tmp_path: Path) -> None:
    done = check(lay_out(tmp_path), "--write-schemas")
    assert (done.returncode, done.stdout.split()) == (0, list(schema.render()))
    assert {path: (tmp_path / path).read_text() for path in schema.render()} == schema.render()
