"""Two projects in one account: both deploy, the second one's pipeline tunes and registers, and one goes alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.checkouts import copy_checkout
from tests.deploy.conftest import REGION, Cli, client_of
from tests.mlproject_command import run_mlproject

pytestmark = pytest.mark.deploy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[aws.Server]:
    folder = tmp_path / "embedded-aws"
    yield aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    aws.stop(folder)


def test_flights_and_digits_share_an_account(server: aws.Server, tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / "checkout")
    cdk, client = Cli(server, checkout), client_of(server)

    def mlproject(*arguments: str) -> str:
        done = run_mlproject(*arguments, folder=checkout, variables=server.environment(aws.ACCOUNT, REGION))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    cdk("bootstrap", f"aws://{aws.ACCOUNT}/{REGION}")
    cdk("deploy", "local/**", "--require-approval", "never", "--concurrency", "4")
    stacks = {each["StackName"] for each in client("cloudformation").describe_stacks()["Stacks"]}
    expected = {f"{project}-local-{kind}" for project in ("flights", "digits") for kind in ("storage", "pipeline")}
    assert expected <= stacks
    assert "digits-local-emr" not in stacks
    assert {"flights-local-emr", "flights-local-notebooks", "digits-local-notebooks"} <= stacks

    mlproject("data", "push", "digits", "--environment", "local")
    output = mlproject("run", "digits", "--environment", "local")
    assert "Registered: " in output
    sagemaker = client("sagemaker")
    registered = {
        project: len(sagemaker.list_model_packages(ModelPackageGroupName=f"{project}-local")["ModelPackageSummaryList"])
        for project in ("flights", "digits")
    }
    assert registered == {"flights": 0, "digits": 1}

    mlproject("destroy", "digits", "--environment", "local", "--yes")
    remaining = {each["StackName"] for each in client("cloudformation").describe_stacks()["Stacks"]}
    assert remaining == {stack for stack in stacks if not stack.startswith("digits-")}
