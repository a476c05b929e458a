"""`mlproject spark local`: one server per project, which leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.deployed_projects.platform import DeployedPlatform
from tests.spark.installed import free_port
from tests.spark.livy import Livy
from tests.spark.scripts import put_script

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
# Time in which processes end by themselves, in seconds.
END_SECONDS = 30


def test_up_again_and_status_show_the_server_that_is_running(
    platform: DeployedPlatform, livy: Livy, session: int
) -> None:
    again = platform.mlproject("spark", "local", "up", "flights", "-e", "dev")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"Local Spark of flights-dev is already running at http://localhost:{livy.port}\n")
    shown = platform.mlproject("spark", "local", "status", "flights", "-e", "dev")
    assert shown.returncode == 0, shown.stderr
    assert "Spark 3.5.6, Livy 0.7.1-incubating with a driver of our own, Python 3.9." in shown.stdout
    assert "in place of emr-7.13.0 (Spark 3.5.6, Livy 0.8.0, Python 3.9); these are the nearest" in shown.stdout
    assert f"sessions: {session} (pyspark, " in shown.stdout
    facts = json.loads(platform.mlproject("spark", "local", "status", "flights", "-e", "dev", "--json").stdout)
    assert facts["running"]
    assert facts["memory_mb"] > 300  # a server and a driver
    other = free_port()
    refused = platform.mlproject("spark", "local", "up", "flights", "-e", "dev", "--port", str(other))
    assert refused.returncode == 2
    assert f"is already running on port {livy.port}, not on {other}. Use that port, or stop it first" in refused.stderr


def test_the_server_of_one_project_keeps_its_port_and_is_not_stopped_by_another(
    platform: DeployedPlatform, livy: Livy
) -> None:
    taken = platform.mlproject("spark", "local", "up", "digits", "-e", "dev", "--port", str(livy.port))
    assert (taken.returncode, taken.stdout) == (1, "")
    assert taken.stderr.startswith(f"error: port {livy.port} is used by local Spark of flights-dev")
    assert down(platform) == "Local Spark of digits-dev is not running.\n"
    assert livy.call("GET", "/version")["version"] == "0.7.1-incubating"


@pytest.mark.parametrize("ended", ["livy", "supervisor", "down"])
def test_nothing_survives_a_killed_process_or_down(platform: DeployedPlatform, ended: str) -> None:
    """Digits has no libraries for its cluster, so its sessions have an empty environment."""
    port = free_port()
    started = platform.mlproject("spark", "local", "up", "digits", "-e", "dev", "--port", str(port), "--json")
    assert started.returncode == 0, started.stderr
    facts = json.loads(started.stdout)
    assert facts["libraries"] == 0
    livy = Livy(port=port, log=Path(facts["log"]))
    session = livy.create_session(kind="pyspark")
    # Python code that is running ends too.
    livy.wait_for(session, livy.submit(session, "import time\ntime.sleep(600)"), "running")
    script = put_script(platform, "digits", "import time\nprint('started', flush=True)\ntime.sleep(600)")
    livy.wait_for_line(livy.submit_batch(script), "started")
    supervisor = psutil.Process(facts["supervisor_pid"])
    tree = [supervisor, *supervisor.children(recursive=True)]
    assert len(tree) >= 6  # supervisor, Livy, driver, Python, batch, its Python
    if ended == "down":
        assert down(platform) == "Local Spark of digits-dev has been stopped.\n"
    else:
        os.kill(facts[f"{ended}_pid"], signal.SIGKILL)
    _, alive = psutil.wait_procs(tree, timeout=0 if ended == "down" else END_SECONDS)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
    if ended != "down":
        # The first command tells what happened, the second finds nothing.
        lost = "Local Spark of digits-dev ended without being stopped, and its sessions are lost."
        status = platform.mlproject("spark", "local", "status", "digits", "-e", "dev")
        assert (status.returncode, status.stdout[: len(lost)]) == (3, lost)
        assert down(platform).startswith(lost)
    assert down(platform) == "Local Spark of digits-dev is not running.\n"


def down(platform: DeployedPlatform) -> str:
    done = platform.mlproject("spark", "local", "down", "digits", "-e", "dev")
    assert done.returncode == 0, done.stderr
    return done.stdout
