"""`mlproject cluster plan`: the calculation, its values as JSON, and the errors of the command."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from mlproject.cli import main
from tests.cli.checkout import Checkout, lay_out
from tests.mlproject_command import without_reference

EMR = """\
emr:
  primary_instance_type: m5.xlarge
  core_instance_type: m5.xlarge
"""
ENVIRONMENTS = {
    "dev: {}": "dev: {}",
    "kept: {}": "kept: {emr: {core_instance_type: r7i.8xlarge, core_count: 2, maximum_count: 5}}",
    "local: {}": "local: {emr: null}",
}
TOO_SMALL = EMR.replace("core_instance_type: m5.xlarge", "core_instance_type: c4.large")


def checkout_of(root: Path, parameters: str = EMR, *, project: str = "sized") -> Checkout:
    """A checkout with one project, whose cluster differs by environment and is missing in `local`."""
    checkout = lay_out(root, project=project)
    file = root / "projects" / project / "project.yaml"
    text = file.read_text()
    for old, new in ENVIRONMENTS.items():
        text = text.replace(old, new)
    file.write_text(text + parameters)
    return checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout_of(tmp_path_factory.mktemp("checkout"))


def plan(checkout: Checkout, *options: str) -> subprocess.CompletedProcess[str]:
    """`mlproject cluster plan` in this process, which has imported already what the command needs."""
    arguments = ["mlproject", "cluster", "plan", checkout.project, *options]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(checkout.root)
        patch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as ended:
            main.main()
    return subprocess.CompletedProcess(
        arguments, int(ended.value.code or 0), out.getvalue(), without_reference(err.getvalue())
    )


def test_each_environment_with_a_cluster_has_a_plan_of_its_own(checkout: Checkout) -> None:
    done = plan(checkout, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["environments"]
    assert set(found) == {"dev", "kept"}
    dev, kept = found["dev"], found["kept"]
    assert dev["node"]["yarn_memory_source"] == "documented"
    assert dev["configure"] == {"driverMemory": "2048m", "executorMemory": "8300m", "executorCores": 4}
    assert dev["minimum"] == {"nodes": 1, "executors": 1, "tasks": 4}
    assert dev["maximum"] == {"nodes": 3, "executors": 3, "tasks": 12}
    assert dev["sparkmagic"]["fits"] is True
    assert dev["sparkmagic"]["executors_per_node"] == 2
    assert kept["node"] == {
        "instance_type": "r7i.8xlarge",
        "vcpus": 32,
        "yarn_memory_mb": 241_664,
        "yarn_memory_source": "calculated",
        "largest_container_mb": 241_664,
    }
    assert kept["minimum"] == {"nodes": 2, "executors": 16, "tasks": 64}
    assert kept["maximum"] == {"nodes": 5, "executors": 40, "tasks": 160}


def test_the_table_shows_the_calculation_and_the_configure_that_the_json_has(checkout: Checkout) -> None:
    text = plan(checkout, "-e", "kept", "--executor-memory", "20g").stdout
    values = json.loads(plan(checkout, "-e", "kept", "--executor-memory", "20g", "--json").stdout)
    (configure,) = (line for line in text.splitlines() if "driverMemory" in line)
    assert json.loads(configure) == values["environments"]["kept"]["configure"]
    assert "sized-kept, emr-7.13.0, core nodes r7i.8xlarge:" in text
    assert "241,664 MB  calculated, not in the copy of AWS's table" in text
    assert "24,320 MB  20,480 MB + 3,840 MB" in text
    assert "They fit these nodes: 16 on the driver's node, 16 on any other." in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["-e", "dev", "--executor-memory", "16g"],
            "sized-dev: --executor-memory 16384m: with its overhead of 3,072 MB an executor needs 19,456 MB",
        ),
        (["--executor-memory", "4 GB"], "--executor-memory 4 GB: give whole megabytes or gigabytes"),
        (["-e", "local"], "sized has no cluster in local. To add one, define `emr:`"),
        (["-e", "nowhere"], "nowhere"),
    ],
    ids=["above the node's", "no amount", "no cluster", "no environment"],
)
def test_invalid_input_gets_one_sentence(checkout: Checkout, options: list[str], words: str) -> None:
    done = plan(checkout, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_a_cluster_whose_nodes_hold_no_session_is_rejected(tmp_path: Path) -> None:
    done = plan(checkout_of(tmp_path, TOO_SMALL, project="small"), "-e", "dev")
    assert done.returncode == 2
    assert "small-dev: core nodes of type c4.large are too small for a Spark session" in done.stderr


def test_the_plan_of_a_cluster_is_chosen_by_its_name(tmp_path: Path) -> None:
    several = f"{EMR}  clusters: {{large: {{core_instance_type: m5.4xlarge, core_count: 2}}}}\n"
    checkout = checkout_of(tmp_path, several, project="chosen")
    done = plan(checkout, "--cluster", "large", "--environment", "dev")
    assert done.stdout.startswith("chosen-dev.large, emr-7.13.0, core nodes m5.4xlarge:\n")
    found = json.loads(plan(checkout, "--cluster", "large", "--json").stdout)["environments"]
    assert {name: (each["node"]["instance_type"], each["minimum"]["nodes"]) for name, each in found.items()} == {
        "dev": ("m5.4xlarge", 2),
        "kept": ("m5.4xlarge", 2),
    }
    unknown = plan(checkout, "--cluster", "larg")
    assert unknown.returncode == 2
    assert "chosen has no cluster larg in dev; its clusters: main, large." in unknown.stderr


def test_a_plan_of_fleets_fits_their_smallest_type(tmp_path: Path) -> None:
    fleets = """\
emr:
  primary_instance_type: m5.xlarge
  core_fleet: {instance_types: {m5.2xlarge: 2, m5.xlarge: 1}, on_demand_units: 2}
  task_fleet: {instance_types: {m5.4xlarge: 4}, spot_units: 4}
  maximum_count: 9
"""
    file = checkout_of(tmp_path, fleets, project="fleets").root / "projects" / "fleets" / "project.yaml"
    file.write_text(file.read_text().replace(ENVIRONMENTS["kept: {}"], "kept: {emr: null}"))
    done = plan(Checkout(root=tmp_path, project="fleets"), "--environment", "dev", "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["environments"].values()
    assert found["node"]["instance_type"] == "m5.xlarge"
    assert (found["minimum"]["nodes"], found["maximum"]["nodes"]) == (2, 9)
