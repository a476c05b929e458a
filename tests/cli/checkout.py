"""A small checkout of its own for a test of the command: environments, one project, a pipeline with a data set."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.names import Names
from tests.mlproject_command import run_mlproject

REGION = "eu-west-1"
ENVIRONMENTS = f"""\
region: {REGION}
environments:
  dev:
    account: "111111111111"
    retain_data: false
    network: {{new: {{cidr: 10.20.0.0/16}}}}
  kept:
    account: "{aws.ACCOUNT}"
    network: {{new: {{cidr: 10.21.0.0/16}}}}
  local:
    account: "{aws.ACCOUNT}"
    region: eu-south-2
    retain_data: false
    network: {{new: {{cidr: 10.22.0.0/16}}}}
"""
PROJECT = """\
name: {name}
owner: team@example.com
cost_centre: CC-1
storage:
  archive_after_days: 30
  noncurrent_days: 1
  artifacts_expire_days: 40
  access_logs_expire_days: 50
pipeline:
  folder: tiny
environments:
  dev: {{}}
  kept: {{}}
  local: {{}}
"""
FILES = {"first.csv": b"a,b\n1,2\n", "second.csv": b"c\n3\n"}
# What the machine that runs the tests may have set.
CLEARED = (*aws.MISLEADING, "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """Where the command runs.

    Args:
        root: the folder with environments.yaml.
        project: the only project's name; a test's own, since tests share a server.
        variables: of the environment, beside the machine's own.
    """

    root: Path
    project: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, answer: str | None = None) -> subprocess.CompletedProcess[str]:
        """`mlproject ARGUMENTS` in a process of its own; `answer` is what its terminal would type."""
        return run_mlproject(*arguments, folder=self.root, variables=self.variables, answer=answer or "")

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in CLEARED}
        return {**inherited, "PYTHONPATH": str(Path(__file__).parents[2]), **self.variables}

    def names(self, environment: str = "local") -> Names:
        region = "eu-south-2" if environment == "local" else REGION
        return Names(project=self.project, environment=environment, account=aws.ACCOUNT, region=region)


def lay_out(root: Path, *, project: str = "tiny", server: aws.Server | None = None) -> Checkout:
    """Write the checkout; with a server, the command reaches that."""
    (root / "environments.yaml").write_text(ENVIRONMENTS)
    folder = root / "projects" / project
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(PROJECT.format(name=project))
    pipeline = root / "pipelines" / "tiny"
    pipeline.mkdir(parents=True)
    (pipeline / "definition.json").write_text(json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": []}))
    (pipeline / "data.json").write_text(json.dumps(data_set()))
    (root / "files").mkdir()
    for name, content in FILES.items():
        (root / "files" / name).write_bytes(content)
    variables = server.environment(aws.ACCOUNT, REGION) if server else {}
    return Checkout(root=root, project=project, variables=variables)


def data_set() -> dict[str, Any]:
    """A data.json whose files are those of the checkout's folder `files`."""
    return {
        "description": "Two small tables",
        "version": "v1",
        "licence": "CC0-1.0",
        "origin": "made up",
        "source": {"package": {"name": "tiny-tables-of-nobody", "version": "1.0", "folder": "tiny"}},
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in FILES.items()
        ],
    }


def clients(server: aws.Server, region: str) -> Callable[[str], Any]:
    """boto3 clients of an embedded AWS, as its administrator."""
    session = boto3.Session(
        server.administrator.access_key_id, server.administrator.secret_access_key, region_name=region
    )
    return lambda service: session.client(service, endpoint_url=server.endpoint)


def make_bucket(s3: Any, bucket: str) -> str:
    """A versioned bucket in the client's region."""
    place = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket
