"""Installation of the flights project's lists with the wheels of the real index."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.node_scripts import notebook_settings
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.cli.checkout import CLEARED
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import Instance, upload_tools
from tests.node_scripts.machine import UID, python_like

# Uses the compiled parts of the libraries.
USE = """
import pandas, sklearn.linear_model, sys, xgboost
frame = pandas.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, 3.0, 5.0]})
model = sklearn.linear_model.LinearRegression().fit(frame[["x"]], frame["y"])
trees = xgboost.XGBRegressor(n_estimators=1).fit(frame[["x"]], frame["y"])
print(round(float(model.coef_[0]), 6), len(trees.predict(frame[["x"]])))
"""


@pytest.mark.slow
def test_the_flights_notebook_has_the_libraries_that_its_list_names(tmp_path: Path, embedded_aws: aws.Server) -> None:
    if not python_like("3.10")[1]:
        pytest.skip("NOT PROVEN HERE: no Python 3.10, for which these wheels are")
    deployment = load_parameters(EXAMPLE).deployment("flights", "local")
    region = deployment.environment.region
    s3 = client(embedded_aws, "s3", region=region)
    s3.create_bucket(
        Bucket=deployment.names.bucket("artifacts"), CreateBucketConfiguration={"LocationConstraint": region}
    )
    inherited = {name: value for name, value in os.environ.items() if name not in CLEARED}
    pushed = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "libraries", "push", "flights", "--environment", "local"],
        cwd=EXAMPLE,
        env={**inherited, **embedded_aws.environment(aws.ACCOUNT, region)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert pushed.returncode == 0, pushed.stderr
    assert "://" not in pushed.stdout.replace("s3://", "") + pushed.stderr

    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, UID, UID)
    bucket = deployment.names.bucket("artifacts")
    tools = upload_tools(embedded_aws, bucket, region=region)
    settings = notebook_settings(deployment, deployment.notebooks[0], tools=tools)
    instance = Instance(volume=volume, settings=settings, server=embedded_aws)
    with instance.started() as machine:
        instance.wait_installed()
        argv = instance.kernel(machine)["argv"]
        used = machine.run(argv[0], "-c", USE, user="ec2-user")
        assert (used.stdout, used.returncode) == ("2.0 3\n", 0), used.stderr
        started = machine.run(*argv[:3], "--version", user="ec2-user")
        assert started.returncode == 0, started.stderr
