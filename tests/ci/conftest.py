"""A GitLab project whose repository is a clone of this checkout with two projects of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from tests.checkouts import copy_checkout, replace_parameters_with_the_examples
from tests.ci.simulator import HOST, PATH, Project
from tests.ci.tokens import create_key
from tests.deploy.conftest import REGION, Cli, client_of

ACCOUNTS = {"dev": "111111111111", "pre": "222222222222", "prod": "333333333333", "sandbox": "444444444444"}
# The tests that the clone's job `test` runs: the others test the product, not the CI file.
TESTS = ("test_names.py", "test_files.py")
GITLAB = f"""\
  sandbox:
    account: "{ACCOUNTS["sandbox"]}"
    retain_data: false
    network: {{new: {{cidr: 10.25.0.0/16}}}}

gitlab:
  url: https://{HOST}
  project: {PATH}
  branch_environments: [sandbox]
"""
# Sorted after flights, in two of the three environments.
WEATHER = """\
name: weather
owner: weather@example.com
cost_centre: CC-2
storage: {noncurrent_days: 7, artifacts_expire_days: 60, access_logs_expire_days: 60}
pipeline: {folder: flight_delays}
environments: {dev: {}, prod: {}}
"""


def create_project(folder: Path, *, issuer: Path, default_branch: str = "main", **variables: str) -> Project:
    """Create a repository with the example platform, a second project, and few tests.

    Args:
        folder: an existing one.
        issuer: folder of the issuer's private key.
        default_branch: the default branch, with one commit.
        variables: environment variables of every job.
    """
    root = copy_checkout(folder / "platform")
    replace_parameters_with_the_examples(root)
    environments = root / "environments.yaml"
    environments.write_text(environments.read_text() + GITLAB)
    flights = root / "projects" / "flights" / "project.yaml"
    text = flights.read_text()
    assert text.count("\n  dev: {}\n") == 1
    flights.write_text(text.replace("\n  dev: {}\n", "\n  dev: {}\n  sandbox: {}\n"))
    (root / "projects" / "weather").mkdir()
    (root / "projects" / "weather" / "project.yaml").write_text(WEATHER)
    for path in (root / "tests").rglob("test_*.py"):
        if path.name not in TESTS:
            path.unlink()
    # It imports tests.
    (root / "tests" / "properties" / "invariants.py").unlink()
    home = folder / "home"
    home.mkdir()
    project = Project(folder=root, home=home, issuer=issuer, default_branch=default_branch, variables=variables)
    project.write_snapshots()
    project.git("init", "--quiet", "--initial-branch", default_branch)
    project.git("remote", "add", "gcl-origin", f"https://{HOST}/{PATH}.git")
    project.commit("Begin")
    return project


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A GitLab project, and the accounts that its jobs deploy.

    Args:
        project: the GitLab project.
        server: the embedded AWS with an account for each environment, bootstrapped, with their identity stacks.
    """

    project: Project
    server: aws.Server

    def stacks(self, environment: str) -> dict[str, str]:
        """Return the status of each deployed stack by name, without those of the bootstrap and identity."""
        described = client_of(self.server, ACCOUNTS[environment])("cloudformation").describe_stacks()["Stacks"]
        return {
            each["StackName"]: each["StackStatus"] for each in described if environment in each["StackName"].split("-")
        }

    def client(self, environment: str, service: str) -> Any:
        return client_of(self.server, ACCOUNTS[environment])(service)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    folder = tmp_path / "embedded-aws"
    aws.Accounts(folder).add(ACCOUNTS.values())
    issuer = tmp_path / "issuer"
    aws.Issuers(folder).add(f"https://{HOST}", create_key(issuer))
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    project = create_project(tmp_path, issuer=issuer, AWS_ENDPOINT_URL=server.endpoint)
    assembly = tmp_path / "assembly"
    administrators = [Cli(server, project.folder, account) for account in ACCOUNTS.values()]
    administrators[0]("synth", "--quiet", "--output", str(assembly))
    for cli in administrators:
        cli("bootstrap", f"aws://{cli.account}/{REGION}")
        cli.deploy(assembly, f"identity/{cli.account}")
    yield Platform(project=project, server=server)
    aws.stop(folder)
