"""Every environment of environments.yaml as it is, each in its own account of one embedded AWS, by the CDK CLI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.parameters import load_valid_parameters
from tests.checkouts import EXAMPLE, lay_out_example
from tests.deploy.conftest import REGION, Cli, client_of

pytestmark = pytest.mark.deploy
ACCOUNTS = {name: each.account for name, each in load_valid_parameters(EXAMPLE).environments.items()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[aws.Server]:
    folder = tmp_path / "embedded-aws"
    aws.Accounts(folder).add(ACCOUNTS.values())
    yield aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    aws.stop(folder)


def stacks(server: aws.Server, environment: str) -> dict[str, str]:
    """Name to status of what is deployed in an environment's account, without the bootstrap's stack."""
    cloudformation = client_of(server, ACCOUNTS[environment])("cloudformation")
    described = cloudformation.describe_stacks()["Stacks"]
    return {each["StackName"]: each["StackStatus"] for each in described if each["StackName"] != "CDKToolkit"}


def buckets(server: aws.Server, environment: str) -> set[str]:
    listed: list[dict[str, Any]] = client_of(server, ACCOUNTS[environment])("s3").list_buckets()["Buckets"]
    return {each["Name"] for each in listed if not each["Name"].startswith("cdk-")}


def test_dev_pre_and_prod_are_deployed_side_by_side_from_the_accounts_that_prod_trusts(
    server: aws.Server, tmp_path: Path
) -> None:
    checkout = lay_out_example(tmp_path / "checkout")
    cli = {name: Cli(server, checkout, account) for name, account in ACCOUNTS.items()}
    trust = (
        "--trust",
        ACCOUNTS["dev"],
        "--cloudformation-execution-policies",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    )
    for name, options in (("dev", ()), ("pre", ()), ("prod", trust)):
        cli[name]("bootstrap", f"aws://{ACCOUNTS[name]}/{REGION}", *options)

    assembly = tmp_path / "assembly"
    cli["dev"]("synth", "--quiet", "--output", str(assembly))
    app = ("--app", str(assembly))
    ordinary = (*app, "--require-approval", "never", "--concurrency", "4")

    # pre trusts nobody: nothing of it is created with the credentials of dev.
    refused = cli["dev"]("deploy", "pre/flights/*", *ordinary, fails=True)
    assert "Could not assume role in target account using current credentials (which are for account " in refused
    assert f"arn:aws:iam::{ACCOUNTS['dev']}:user/administrator is not authorized to perform: sts:AssumeRole" in refused
    assert stacks(server, "pre") == {}
    assert buckets(server, "pre") == set()

    cli["dev"]("deploy", "prod/flights/*", *ordinary)
    assert stacks(server, "dev") == {}
    for name in ("dev", "pre"):
        cli[name]("deploy", f"{name}/flights/*", *ordinary)
    for name in ("dev", "pre", "prod"):
        deployed = stacks(server, name)
        assert set(deployed.values()) == {"CREATE_COMPLETE"}
        assert {f"{name}-network", f"flights-{name}-storage", f"flights-{name}-pipeline"} <= set(deployed)
        assert all(name in stack.split("-") for stack in deployed)
        kinds = ("access-logs", "artifacts", "data")
        assert buckets(server, name) == {f"flights-{name}-{kind}-{ACCOUNTS[name]}-{REGION}" for kind in kinds}

    assert "There were no differences" in cli["dev"]("diff", *app, "prod/flights/*")
    others = (stacks(server, "pre"), stacks(server, "prod"))
    cli["dev"]("destroy", *app, "dev/**", "--force")
    assert stacks(server, "dev") == {}
    assert (stacks(server, "pre"), stacks(server, "prod")) == others
