"""A bootstrapped embedded AWS per worker, and the ordinary CDK CLI pointed at it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from embedded_aws import ACCOUNT, Lifetime, Server, start, stop
from tests.checkouts import ROOT, inherited_variables
from tests.deploy.scratch_checkout import Checkout, lay_out, remove_everything

REGION = "eu-west-1"


@dataclass(frozen=True)
class Cli:
    """The CDK CLI as a person has it, against one embedded AWS.

    Whatever it prints is checked for the sign that it fell back from the bootstrap roles.

    Args:
        server: the embedded AWS.
        folder: the working directory.
        account: whose administrator runs the CLI.
    """

    server: Server
    folder: Path
    account: str = ACCOUNT

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        """Run `cdk ARGUMENTS`; the output, standard error included.

        Args:
            fails: whether an exit code other than 0 is expected.
        """
        done = subprocess.run(
            [str(ROOT / "node_modules" / ".bin" / "cdk"), "--no-notices", "--no-color", *arguments],
            cwd=self.folder,
            env={
                **inherited_variables(),
                "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
                **self.server.environment(self.account, REGION),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        assert "Proceeding anyway" not in done.stdout
        return done.stdout

    def deploy(self, assembly: Path, *selection: str, fails: bool = False) -> str:
        return self(
            "deploy", "--app", str(assembly), "--require-approval", "never", "--progress", "events",
            *(selection or ("--all",)), fails=fails,
        )  # fmt: skip


def client_of(server: Server, account: str = ACCOUNT) -> Callable[[str], Any]:
    """boto3 clients that see what exists in an account of a server."""
    variables = server.environment(account, REGION)
    session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


@pytest.fixture(scope="session")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own after `cdk bootstrap`, since they look whether anything is left in it."""
    folder = tmp_path_factory.mktemp("bootstrapped")
    server = start(folder / "aws", lifetime=Lifetime.OF_STARTER)
    Cli(server, folder)("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    yield server
    stop(folder / "aws")


@pytest.fixture
def cdk(bootstrapped: Server, tmp_path: Path) -> Cli:
    return Cli(bootstrapped, tmp_path)


@pytest.fixture
def client(bootstrapped: Server) -> Callable[[str], Any]:
    return client_of(bootstrapped)


@pytest.fixture
def checkout(bootstrapped: Server, tmp_path: Path) -> Iterator[Checkout]:
    """A checkout without projects, with the environments kept and scratch. What it deploys is removed."""
    lay_out(tmp_path / "checkout")
    yield Checkout(root=tmp_path / "checkout", server=bootstrapped)
    remove_everything(client_of(bootstrapped))
