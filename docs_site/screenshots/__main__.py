"""Take the pictures of JupyterLab in docs/images/jupyterlab: `make screenshots`.

The notebook instance is the sandbox of the tests, with the scripts that run on SageMaker: they install the project's
libraries, copy the examples and write START HERE. Needs root, for the sandbox.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import boto3

import embedded_aws as aws
from docs_site.browser import find_chromium
from docs_site.notebooks.pages import LANGUAGES
from mlproject.node_scripts import Tools, notebook_files, notebook_settings, tools_archive
from mlproject.notebooks import spark_kernels, write_kernel
from mlproject.parameters import Deployment
from mlproject.runner import role_credentials
from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform
from tests.lifecycle_scripts.instance import Instance
from tests.lifecycle_scripts.real_jupyter import ENVIRONMENT as JUPYTER
from tests.lifecycle_scripts.real_jupyter import PYTHON
from tests.node_scripts.machine import UID, Machine, wait_until
from tests.notebooks.deployment import deploy_notebooks, lay_out_notebooks

_START_HERE = {"en": "START HERE.ipynb", "es": "EMPIECE AQUÍ.ipynb"}
_PORT = 8888
_JUPYTER_PATH = "/home/ec2-user/anaconda3/share/jupyter"
_ANSWERS = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"
_PICTURES = ROOT / "docs" / "images" / "jupyterlab"


def main() -> None:
    _PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mlproject-screenshots-") as name:
        folder = Path(name)
        state = folder / "embedded-aws"
        state.mkdir()
        server = aws.start(state, lifetime=aws.Lifetime.OF_STARTER)
        try:
            lay_out_notebooks(folder / "example")
            platform = deploy_notebooks(folder / "example", folder / "flights", server)
            pushed = platform.mlproject("libraries", "push", "flights", "--environment", ENVIRONMENT)
            if pushed.returncode:
                raise SystemExit(pushed.stderr)
            for language in LANGUAGES:
                _take_pictures(platform, folder / f"volume-{language}", language)
        finally:
            aws.stop(state)


def _take_pictures(platform: DeployedPlatform, volume: Path, language: str) -> None:
    """Start an instance whose notebook has a language, and take the pictures."""
    given = platform.deployment("flights")
    (notebook,) = given.notebooks
    deployment = given.model_copy(update={"notebooks": (notebook.model_copy(update={"language": language}),)})
    instance, credentials = _new_instance(platform, deployment, volume)
    python = Path(PYTHON).resolve().parents[1]
    kernels = _write_spark_kernel(volume.with_name(f"jupyter-{language}"))
    binds = {python: str(python), JUPYTER: str(JUPYTER), kernels: f"{_JUPYTER_PATH}/kernels"}
    with instance.started(binds=binds) as machine:
        instance.wait_installed()
        # Otherwise the first plot says that matplotlib takes long to find the fonts.
        machine.run(instance.kernel(machine)["argv"][0], "-c", "import matplotlib.font_manager", user="ec2-user")
        wait_until(lambda: _is_complete(volume / _START_HERE[language], instance))
        token = secrets.token_hex(8)
        _start_jupyterlab(machine, credentials, token)
        script = Path(__file__).with_name("jupyterlab.mjs")
        subprocess.run(
            machine.in_network(
                *("node", str(script), f"http://127.0.0.1:{_PORT}", token, _START_HERE[language]),
                *(f"examples/1_exploration.{language}.ipynb", str(_PICTURES), language, str(find_chromium())),
            ),
            cwd=ROOT,
            check=True,
        )


def _write_spark_kernel(folder: Path) -> Path:
    """Write the PySpark kernel, which SageMaker's machines have, and return the folder of kernels."""
    kernel, _ = spark_kernels(python=Path(PYTHON), variables={}, configuration=Path("/home/ec2-user/.sparkmagic"))
    write_kernel(kernel, folder)
    kernels = folder / "kernels"
    for path in (kernels, *kernels.rglob("*")):
        os.chown(path, UID, UID)
    return kernels


def _is_complete(start_here: Path, instance: Instance) -> bool:
    """Whether START HERE shows the installed libraries and the state of the cluster."""
    text = start_here.read_text() if start_here.exists() else ""
    return json.dumps(instance.outcome["message"])[1:-1] in text and "8998" in text


def _new_instance(
    platform: DeployedPlatform, deployment: Deployment, volume: Path
) -> tuple[Instance, Mapping[str, str]]:
    """Return a stopped instance, and the variables with the credentials of its role."""
    server = platform.server
    variables = server.environment(ACCOUNT, REGION)
    session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    role = f"arn:aws:iam::{ACCOUNT}:role/{deployment.names.role('notebooks')}"
    found = role_credentials(endpoint=server.endpoint, region=REGION, boto3_session=session, role_arn=role)
    credentials = {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }
    volume.mkdir()
    os.chown(volume, UID, UID)
    settings = notebook_settings(deployment, deployment.notebooks[0], tools=_upload_tools(platform, deployment))
    return Instance(volume=volume, settings=settings, server=server, credentials=credentials), credentials


def _upload_tools(platform: DeployedPlatform, deployment: Deployment) -> Tools:
    content = tools_archive(notebook_files(deployment, refresh_seconds=1))
    digest, bucket = hashlib.sha256(content).hexdigest(), deployment.names.bucket("artifacts")
    platform.client("s3").put_object(Bucket=bucket, Key=f"{digest}.gz", Body=content)
    return Tools(uri=f"s3://{bucket}/{digest}.gz", sha256=digest)


def _start_jupyterlab(machine: Machine, variables: Mapping[str, str], token: str) -> None:
    """Start JupyterLab as the user of the notebook, and wait until it responds."""
    machine.spawn(
        *("/usr/sbin/runuser", "-u", "ec2-user", "--", "env", "HOME=/home/ec2-user", "SHELL=/bin/bash"),
        f"JUPYTER_PATH={_JUPYTER_PATH}",
        *(f"{name}={value}" for name, value in variables.items()),
        *(PYTHON, "-m", "jupyterlab", "--no-browser", f"--port={_PORT}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", "--ServerApp.root_dir=/home/ec2-user/SageMaker"),
        *("--KernelSpecManager.ensure_native_kernel=False", "--LabApp.expose_app_in_browser=True"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )
    url = f"http://127.0.0.1:{_PORT}/api"
    wait_until(lambda: machine.run(PYTHON, "-c", _ANSWERS, url).returncode == 0)


if __name__ == "__main__":
    main()
