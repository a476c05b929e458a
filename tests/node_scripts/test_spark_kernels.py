"""The kernels of a notebook instance that use the cluster: their variables, and the Python kernel with SparkMagic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlproject.files import write_atomically
from mlproject.node_scripts import notebook_files
from tests.node_scripts.test_magic import PACKAGE
from tests.stacks.examples import EXPLORE, OWNED, PLAIN, deployment

PYTHON = "/home/ec2-user/anaconda3/envs/JupyterSystemEnv/bin/python"
PYSPARK = "sparkmagic.kernels.pysparkkernel.pysparkkernel"
DESCRIPTION = "instance.read_json(instance.description_path())"


def kernel(folder: Path, name: str, module: str) -> Path:
    path = folder / "anaconda3" / "share" / "jupyter" / "kernels" / name / "kernel.json"
    spec = {"argv": [PYTHON, "-m", module, "-f", "{connection_file}"], "display_name": name, "env": {"KEPT": "1"}}
    write_atomically(path, json.dumps(spec))
    return path


def run_tools(home: Path, code: str, *, emr: bool) -> str:
    """Run code of the tools with the home directory of an instance, and return what it prints."""
    given = deployment("flights", OWNED, notebooks=(EXPLORE,), emr=PLAIN if emr else None)
    (name,) = (name for name in notebook_files(given) if name.endswith("description.json"))
    write_atomically(home / "description.json", notebook_files(given)[name].decode())
    variables = {"HOME": str(home), "PYTHONPATH": str(PACKAGE), "PATH": os.defpath}
    done = subprocess.run(
        [sys.executable, "-c", f"from mlproject_notebook import account, instance, status\n{code}"],
        env={**variables, "MLPROJECT_DESCRIPTION": str(home / "description.json")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def write_kernels(home: Path, *, emr: bool) -> str:
    """Run the function that a start runs, and return the problem that it reports."""
    return run_tools(home, f"print(account.write_kernels({DESCRIPTION}))", emr=emr)


def spec(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_both_spark_kernels_have_the_variables_of_the_project_and_other_kernels_have_not(tmp_path: Path) -> None:
    pyspark, other = kernel(tmp_path, "pysparkkernel", PYSPARK), kernel(tmp_path, "conda_python3", "ipykernel_launcher")
    python = tmp_path / ".local" / "share" / "jupyter" / "kernels" / "sparkmagic" / "kernel.json"
    for _ in range(2):  # the second time as after a restart of the tools
        assert write_kernels(tmp_path, emr=True) == "None"
        assert spec(python)["argv"] == [PYTHON, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        assert spec(python)["display_name"] == "Python (Sparkmagic)"
        assert spec(pyspark)["argv"][2] == PYSPARK
        for path in (pyspark, python):
            assert spec(path)["env"]["MLPROJECT_PROJECT"] == "flights"
            assert spec(path)["env"]["KEPT"] == "1"
        assert spec(other)["env"] == {"KEPT": "1"}


@pytest.mark.parametrize("emr", [True, False])
def test_a_missing_sparkmagic_is_a_problem_of_projects_with_a_cluster(tmp_path: Path, emr: bool) -> None:
    kernel(tmp_path, "conda_python3", "ipykernel_launcher")
    problem = write_kernels(tmp_path, emr=emr)
    assert problem == ("no SparkMagic kernel was found, so that notebooks cannot use the cluster" if emr else "None")


def test_the_status_names_a_configuration_that_was_moved_aside(tmp_path: Path) -> None:
    write_atomically(tmp_path / ".sparkmagic" / "config.invalid-1.json", "{")
    for emr in (True, False):
        shown = run_tools(tmp_path, f"import json\nprint(json.dumps(status.Status({DESCRIPTION}).rows()))", emr=emr)
        assert ("config.invalid-1.json" in dict(json.loads(shown)).get("Setup", "")) is emr
