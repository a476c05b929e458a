"""The demo as a user starts it: its results, and that it leaves nothing behind, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import embedded_aws as aws
from tests.checkouts import copy_checkout, replace_parameters_with_the_examples
from tests.demo.processes import processes_of

pytestmark = pytest.mark.slow


NOTES = """\
name: notes
owner: data-science@example.com
cost_centre: CC-1001
storage:
  noncurrent_days: 30
  artifacts_expire_days: 180
  access_logs_expire_days: 365
notebooks:
  explore:
    instance_type: ml.t3.medium
    volume_gb: 20
    idle_minutes: 60
    users: [data-scientist@example.com]
environments:
  local: {}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """This checkout with the example platform."""
    root = copy_checkout(tmp_path / "checkout")
    replace_parameters_with_the_examples(root)
    return root


def start(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `mlproject demo` in the background, with its output in a pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", "mlproject.cli.main", "demo", *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return the output up to the line that contains these words."""
    assert process.stdout
    text = ""
    for line in process.stdout:
        text += line
        if words in line:
            return text
    raise AssertionError(f"it ended without printing {words!r}:\n{text}")


def assert_nothing_is_left(checkout: Path) -> None:
    # A killed grandchild needs a moment to be gone from the process table.
    _, alive = psutil.wait_procs(processes_of(checkout), timeout=10)
    assert alive == []
    assert list((checkout / "build" / "demo" / "running").iterdir()) == []


def test_two_demos_at_once_both_succeed_beside_a_server_that_stays_untouched(checkout: Path) -> None:
    standing = aws.start(checkout / ".mlproject" / "local", lifetime=aws.Lifetime.OF_STARTER)
    try:
        requests_before = standing.log.read_text()
        demos = [start(checkout), start(checkout)]
        outputs = [demo.communicate()[0] for demo in demos]
        assert [demo.returncode for demo in demos] == [0, 0], outputs
        assert standing.log.read_text() == requests_before
    finally:
        aws.stop(checkout / ".mlproject" / "local")

    for output in outputs:
        assert "The pipeline Succeeded" in output
        assert "model-package/flights-local/1" in output
    build = checkout / "build" / "demo"
    summary = json.loads((build / "summary.json").read_text())
    assert {"local-network", "flights-local-storage", "flights-local-pipeline"} <= {
        stack["name"] for stack in summary["stacks"]
    }
    assert summary["resources"]["AWS::S3::Bucket"] == 4
    assert summary["pipeline"]["status"] == "Succeeded"
    assert summary["metrics"]["AUC"]["model"] > summary["metrics"]["AUC"]["baseline"]
    assert summary["model_package_arn"].endswith("model-package/flights-local/1")
    assert summary["wall_seconds"] > 0
    assert "</html>" in (build / "report.html").read_text()
    assert_nothing_is_left(checkout)


def test_a_project_without_a_pipeline_is_deployed_and_shown(checkout: Path) -> None:
    (checkout / "projects" / "notes").mkdir()
    (checkout / "projects" / "notes" / "project.yaml").write_text(NOTES)
    demo = start(checkout, "--project", "notes")
    output, _ = demo.communicate()
    assert demo.returncode == 0, output
    assert "notes has no pipeline in local, so there is nothing to run." in output
    assert "mlproject run" not in output
    summary = json.loads((checkout / "build" / "demo" / "summary.json").read_text())
    assert summary["pipeline"] is None
    costs = {stack["name"]: stack["idle_usd_per_month"] for stack in summary["stacks"]}
    assert costs["notes-local-storage"] is not None
    assert costs["notes-local-notebooks"] is not None
    assert_nothing_is_left(checkout)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_cleans_up(checkout: Path, number: signal.Signals) -> None:
    demo = start(checkout)
    read_until(demo, "start the embedded AWS")
    demo.send_signal(number)
    output, _ = demo.communicate()
    assert demo.returncode == 130, output
    assert output.splitlines()[-1] == "interrupted"
    assert_nothing_is_left(checkout)
    assert not (checkout / "build" / "demo" / "report.html").exists()


def test_a_killed_demo_takes_its_server_with_it(checkout: Path) -> None:
    demo = start(checkout)
    read_until(demo, "start the embedded AWS")
    os.killpg(demo.pid, signal.SIGKILL)
    demo.communicate()
    # Each notices by its own means that its starter is gone; the test's time limit bounds the wait.
    psutil.wait_procs(processes_of(checkout))
    assert processes_of(checkout) == []


def test_a_step_that_fails_fails_the_demo_with_the_steps_last_lines_and_keeps_the_logs(checkout: Path) -> None:
    script = checkout / "pipelines" / "flight_delays" / "steps" / "prepare.py"
    script.write_text("import sys\nsys.exit('error: no weather today')\n")
    demo = start(checkout)
    output, _ = demo.communicate()
    assert demo.returncode == 1
    assert "error: step Prepare failed" in output
    assert "no weather today" in output
    assert "Traceback" not in output
    (kept,) = (checkout / "build" / "demo" / "failed").iterdir()
    assert str(kept) in output
    assert [path.read_text() for path in kept.rglob("Prepare*.log")] == ["error: no weather today\n"]
    assert {path.name for path in kept.iterdir()} >= {"cdk.log", "server.log"}
    assert_nothing_is_left(checkout)
