"""`cdk deploy` of two small stacks by the CDK CLI."""

from __future__ import annotations

import fcntl
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import boto3

import embedded_aws as aws
from faults.case import FolderCase
from faults.injection.network import BadNetwork, KillAtRequest
from faults.model import Subject
from faults.processes import Command
from faults.servers import shared_server
from tests.checkouts import ROOT, inherited_variables

_PREFIX = "faults"
_STACKS = (f"{_PREFIX}-a", f"{_PREFIX}-b")
_CDK = str(ROOT / "node_modules" / ".bin" / "cdk")
# Of tests/deploy/small_app.py, whose import would start a process of jsii.
_REGION = "eu-west-1"


def _variables() -> dict[str, str]:
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**inherited_variables(), "PATH": path, **shared_server().environment(aws.ACCOUNT, _REGION)}


@functools.cache
def assembly() -> Path:
    """Return the cloud assembly, and bootstrap the account; once in each process."""
    folder = Path(tempfile.mkdtemp(prefix="assembly-"))
    program = (
        "import sys; from pathlib import Path; from tests.deploy.small_app import synthesize; "
        f"synthesize(folder=Path(sys.argv[1]), prefix={_PREFIX!r}, variant='first')"
    )
    subprocess.run([sys.executable, "-c", program, folder / "out"], cwd=ROOT, check=True, capture_output=True)
    bootstrap = [_CDK, "bootstrap", f"aws://{aws.ACCOUNT}/{_REGION}"]
    subprocess.run(bootstrap, cwd=folder, env=_variables(), check=True, capture_output=True)
    return folder / "out"


def _client(service: str) -> Any:
    variables = _variables()
    session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=_REGION)
    return session.client(service, endpoint_url=shared_server().endpoint)


@dataclass(frozen=True, kw_only=True)
class DeploymentCase(FolderCase):
    """Stacks that are not deployed yet.

    Args:
        folder: the working directory.
        lock: held by the only case at a time, since all deploy the same stacks.
    """

    folder: Path
    lock: IO[str]

    @classmethod
    def open(cls, folder: Path) -> DeploymentCase:
        lock = (assembly().parent / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(parents=True)
        return cls(folder=folder, lock=lock)

    def command(self) -> Command:
        given = ("deploy", "--app", str(assembly()), "--require-approval", "never", "--all")
        command = [_CDK, "--no-notices", "--no-color", *given]

        def main() -> None:
            sys.exit(subprocess.call(command))

        return Command(main=main, folder=self.folder, variables=_variables(), error_prefix="")

    def problems(self) -> Sequence[str]:
        return []

    def unfinished(self) -> Sequence[str]:
        stacks = _client("cloudformation").describe_stacks()["Stacks"]
        found = {each["StackName"]: each["StackStatus"] for each in stacks}
        missing = [f"{name} is {found.get(name)}" for name in _STACKS if found.get(name) != "CREATE_COMPLETE"]
        names = [f"/{stack}/value" for stack in _STACKS]
        invalid = _client("ssm").get_parameters(Names=names)["InvalidParameters"]
        return [*missing, *(f"parameter {name} does not exist" for name in invalid)]

    def close(self) -> None:
        cloudformation = _client("cloudformation")
        for name in _STACKS:
            cloudformation.delete_stack(StackName=name)
        for name in _STACKS:
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        self.lock.close()


SUBJECT = Subject(
    name="cdk deploy",
    open=DeploymentCase.open,
    injections={"kill -9 of the group": KillAtRequest(), "network": BadNetwork()},
    counts={"kill -9 of the group": 8, "network": 10},
)
