"""`mlproject notebook local`: JupyterLab with the kernel of the notebook, until it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mlproject.cli.common.local_kernel import LocalKernel
from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform
from tests.notebooks.executed import JUPYTER

pytestmark = pytest.mark.notebooks

CODE = """
import json, os, sys, boto3
variables = {name: value for name, value in os.environ.items() if name.startswith("MLPROJECT_")}
arn = boto3.client("sts").get_caller_identity()["Arn"]
print(json.dumps({"python": sys.version_info[:2], "pid": os.getpid(), "arn": arn, "variables": variables}))
"""


def test_the_kernel_has_the_libraries_variables_and_role_of_the_instance_and_ctrl_c_ends_everything(
    platform: DeployedPlatform, kernel: LocalKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = [sys.executable, "-m", "mlproject.cli.main"]
    process = subprocess.Popen(
        [*command, "notebook", "local", "flights", "-e", ENVIRONMENT, "--no-browser"],
        cwd=platform.root,
        env={**os.environ, **platform.server.environment(ACCOUNT, REGION)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), process.communicate()[1]
        ran = subprocess.run(
            [str(JUPYTER / "bin" / "python"), str(Path(__file__).with_name("run_in_jupyter.py")), url, CODE],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        kernels, found = (line for line in ran.stdout.splitlines() if line)
        assert json.loads(kernels.removeprefix("kernels: ")) == {
            "mlproject-notebook": "Python (flights)",
            "pysparkkernel": "Sparkmagic (PySpark)",
            "sparkmagic": "Python (Sparkmagic)",
        }
        facts = json.loads(found)
        assert facts["python"] == [3, 10]
        assert f":assumed-role/{platform.deployment('flights').names.role('notebooks')}/" in facts["arn"]
        assert facts["variables"] == expected_variables(platform)
        started = psutil.Process(process.pid).children(recursive=True)
        assert facts["pid"] in {each.pid for each in started}
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "JupyterLab with the kernel 'Python (flights)' is running" in errors
    # The environment was built by the fixture, and is used again.
    assert "installing" not in errors
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []


def expected_variables(platform: DeployedPlatform) -> dict[str, str]:
    names = platform.deployment("flights").names
    return {
        "MLPROJECT_PROJECT": "flights",
        "MLPROJECT_ENVIRONMENT": ENVIRONMENT,
        "MLPROJECT_DATA_BUCKET": names.bucket("data"),
        "MLPROJECT_ARTIFACTS_BUCKET": names.bucket("artifacts"),
        "MLPROJECT_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/flights-dev-notebooks",
        "MLPROJECT_KEY_ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/flights-dev",
        "MLPROJECT_PIPELINE": "flights-dev",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["flights", "-e", "pre"], 1, "flights is not deployed in pre. Run `mlproject deploy flights -e pre`"),
        (["flights", "-e", "dev", "--notebook", "exlore"], 2, "Did you mean explore? Known: explore."),
        (["fligths"], 2, "flights"),
    ],
)
def test_what_prevents_a_start_is_said_in_one_sentence(
    platform: DeployedPlatform, arguments: list[str], code: int, message: str
) -> None:
    if "pre" in arguments:
        import embedded_aws as aws

        aws.Accounts(platform.server.folder).add(["222222222222"])
        variables = platform.server.environment("222222222222", REGION)
    else:
        variables = {}
    done = platform.mlproject("notebook", "local", *arguments, "--no-browser", **variables)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
