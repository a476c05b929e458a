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
from mlproject.parameters import EmrServerless
from tests.node_scripts.test_magic import PACKAGE
from tests.stacks.examples import EXPLORE, OWNED, PLAIN, deployment

PYTHON = "/home/ec2-user/anaconda3/envs/JupyterSystemEnv/bin/python"
PYSPARK = "sparkmagic.kernels.pysparkkernel.pysparkkernel"
DESCRIPTION = "instance.read_json(instance.description_path())"


def kernel(folder: Path, name: str, module: str, *, python: str = PYTHON) -> Path:
    path = folder / "anaconda3" / "share" / "jupyter" / "kernels" / name / "kernel.json"
    spec = {"argv": [python, "-m", module, "-f", "{connection_file}"], "display_name": name, "env": {"KEPT": "1"}}
    write_atomically(path, json.dumps(spec))
    return path


def run_tools(home: Path, code: str, *, emr: bool, application: bool = False) -> str:
    """Run code of the tools with the home directory of an instance, and return what it prints."""
    given = deployment(
        "flights",
        OWNED,
        notebooks=(EXPLORE,),
        emr=PLAIN if emr else None,
        emr_serverless=EmrServerless() if application else None,
    )
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
    assert problem == ("no SparkMagic kernel was found, so that notebooks cannot use Spark" if emr else "None")


def test_the_status_names_a_configuration_that_was_moved_aside(tmp_path: Path) -> None:
    write_atomically(tmp_path / ".sparkmagic" / "config.invalid-1.json", "{")
    for emr in (True, False):
        shown = run_tools(tmp_path, f"import json\nprint(json.dumps(status.Status({DESCRIPTION}).rows()))", emr=emr)
        assert ("config.invalid-1.json" in dict(json.loads(shown)).get("Setup", "")) is emr


def test_only_the_spark_kernels_of_a_notebook_with_an_application_find_what_signs_requests(tmp_path: Path) -> None:
    # This Python has botocore, which SparkMagic's needs.
    pyspark = kernel(tmp_path, "pysparkkernel", PYSPARK, python=sys.executable)
    other = kernel(tmp_path, "conda_python3", "ipykernel_launcher")
    write = f"print(account.write_kernels({DESCRIPTION}))"
    assert run_tools(tmp_path, write, emr=True, application=True) == "None"
    assert "PYTHONPATH" not in spec(pyspark)["env"]
    assert run_tools(tmp_path, write, emr=False, application=True) == "None"
    python = tmp_path / ".local" / "share" / "jupyter" / "kernels" / "sparkmagic" / "kernel.json"
    assert {spec(path)["env"]["PYTHONPATH"] for path in (pyspark, python)} == {"/opt/mlproject/tools/authenticator"}
    assert "PYTHONPATH" not in spec(other)["env"]


def test_a_sparkmagic_without_botocore_is_a_problem_only_of_notebooks_with_an_application(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    kernel(tmp_path, "pysparkkernel", PYSPARK, python=str(python))
    write = f"print(account.write_kernels({DESCRIPTION}))"
    problem = run_tools(tmp_path, write, emr=False, application=True)
    assert problem == (
        "SparkMagic's Python has no botocore, which signs requests to the application. Run "
        f"`{python} -m pip install botocore` in a terminal"
    )
    assert run_tools(tmp_path, write, emr=True, application=True) == "None"
    # Which Python a bare name means, only Jupyter knows.
    kernel(tmp_path, "pysparkkernel", PYSPARK, python="python")
    assert run_tools(tmp_path, write, emr=False, application=True) == "None"


@pytest.mark.parametrize(("state", "shown"), [("answers", "the network reaches Livy at"), ("silent", "does not reach")])
def test_the_status_of_an_application_says_that_it_must_run(tmp_path: Path, state: str, shown: str) -> None:
    code = (
        f"import json\nfound = status.Status({DESCRIPTION})\n"
        f'found._setup = {{"cluster": {{"state": "{state}", "address": "https://livy"}}}}\n'
        "print(json.dumps(found.rows()))"
    )
    rows = dict(json.loads(run_tools(tmp_path, code, emr=False, application=True)))
    assert shown in rows["Spark application"]
    assert ("`mlproject application start flights -e owned`" in rows["Spark application"]) is (state == "answers")
    assert "Spark cluster" in dict(json.loads(run_tools(tmp_path, code, emr=True, application=True)))
