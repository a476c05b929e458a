"""A checkout with environments and projects of its own, and the commands of a person in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from embedded_aws import ACCOUNT, Server
from tests.checkouts import ROOT, inherited_variables
from tests.mlproject_command import run_mlproject

REGION = "eu-west-1"
Client = Callable[[str], Any]
ENVIRONMENTS = """\
region: {region}
environments:
  kept:
    account: '{account}'
    network: {{new: {{cidr: 10.81.0.0/16}}}}
  scratch:
    account: '{account}'
    retain_data: false
    network: {{new: {{cidr: 10.82.0.0/16}}}}
"""
PROJECT = """\
name: {name}
owner: {name}@example.com
cost_centre: CC-3
storage: {{noncurrent_days: 7, artifacts_expire_days: 60, access_logs_expire_days: 60}}
pipeline: {{folder: flight_delays}}
notebooks: {{explore: {{instance_type: ml.t3.medium}}}}
environments: {{kept: {{}}, scratch: {{}}}}
"""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A checkout on an embedded AWS.

    Args:
        root: its folder.
        server: the embedded AWS.
        extra: further environment variables of the commands.
    """

    root: Path
    server: Server
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        return {
            **inherited_variables(),
            "PYTHONPATH": str(ROOT),
            **self.server.environment(ACCOUNT, REGION),
            **self.extra,
        }

    def mlproject(self, *arguments: str, code: int = 0, answer: str = "") -> str:
        done = run_mlproject(*arguments, folder=self.root, variables=self.variables, answer=answer, merge=True)
        assert done.returncode == code, done.stdout
        return done.stdout

    @contextmanager
    def deploying(self, stack: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
        """Start a deployment, and yield it with its child processes as soon as a stack is being created."""
        with subprocess.Popen(
            [sys.executable, "-m", "mlproject.cli.main", *arguments],
            cwd=self.root,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout
            for line in process.stdout:
                if stack in line and "CREATE_IN_PROGRESS" in line:
                    break
            yield process, psutil.Process(process.pid).children(recursive=True)

    def add(self, name: str) -> Path:
        path = self.root / "projects" / name / "project.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(PROJECT.format(name=name))
        return path


def statuses(client: Client) -> dict[str, tuple[str, bool]]:
    """Name to status and protection of the stacks that exist in the environments of a checkout.

    Tests of other apps leave stacks on the same server.
    """
    return {
        each["StackName"]: (each["StackStatus"], each.get("EnableTerminationProtection", False))
        for each in client("cloudformation").describe_stacks()["Stacks"]
        if {"kept", "scratch"} & set(each["StackName"].split("-"))
    }


def lay_out(root: Path) -> None:
    """Write a checkout without projects, with the environments kept and scratch."""
    root.mkdir()
    shutil.copy2(ROOT / "app.py", root / "app.py")
    settings = json.loads((ROOT / "cdk.json").read_text())
    (root / "cdk.json").write_text(json.dumps({**settings, "app": f"{sys.executable} app.py"}))
    for name in ("pipeline_builder", "pipelines", "requirements", "node_modules", ".venv"):
        (root / name).symlink_to(ROOT / name)
    (root / "environments.yaml").write_text(ENVIRONMENTS.format(region=REGION, account=ACCOUNT))


def remove_everything(client: Client) -> None:
    """Remove what a test leaves behind, retained resources among it: the server is shared."""
    sagemaker, s3 = client("sagemaker"), client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if name.startswith("cdk-"):
            continue
        found = s3.list_object_versions(Bucket=name)
        for version in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    _delete_stacks(client, "-operations", "-notebooks", "-pipeline", "-storage")
    for notebook in sagemaker.list_notebook_instances()["NotebookInstances"]:
        name = notebook["NotebookInstanceName"]
        if notebook["NotebookInstanceStatus"] == "InService":
            sagemaker.stop_notebook_instance(NotebookInstanceName=name)
        sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    for config in sagemaker.list_notebook_instance_lifecycle_configs()["NotebookInstanceLifecycleConfigs"]:
        sagemaker.delete_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=config["NotebookInstanceLifecycleConfigName"]
        )
    for group in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        sagemaker.delete_model_package_group(ModelPackageGroupName=group["ModelPackageGroupName"])
    for bucket in s3.list_buckets()["Buckets"]:
        if not bucket["Name"].startswith("cdk-"):
            s3.delete_bucket(Bucket=bucket["Name"])
    iam, logs = client("iam"), client("logs")
    for role in iam.list_roles()["Roles"]:
        if role["RoleName"].startswith("aurora-kept-"):
            for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
                iam.delete_role_policy(RoleName=role["RoleName"], PolicyName=policy)
            iam.delete_role(RoleName=role["RoleName"])
    for alias in client("kms").list_aliases()["Aliases"]:
        if not alias["AliasName"].startswith("alias/aws/"):
            client("kms").delete_alias(AliasName=alias["AliasName"])
    for group in client("ec2").describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] != "default" and not group["GroupName"].endswith("-endpoints"):
            client("ec2").delete_security_group(GroupId=group["GroupId"])
    _delete_stacks(client, "-network")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])
    # A deployment records its commit, which no stack owns.
    for page in client("ssm").get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            if parameter["Name"].startswith("/mlproject/"):
                client("ssm").delete_parameter(Name=parameter["Name"])
    assert statuses(client) == {}


def _delete_stacks(client: Client, *endings: str) -> None:
    cloudformation = client("cloudformation")
    for ending in endings:
        for name in [name for name in statuses(client) if name.endswith(ending)]:
            cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            cloudformation.delete_stack(StackName=name)
