"""Projects, synthesized by the application and deployed into the embedded AWS without the CDK CLI."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.definition import Definition, read_definition
from mlproject.parameters import Deployment, load_parameters
from tests.checkouts import ROOT, lay_out_example
from tests.mlproject_command import run_mlproject
from tests.stacks.assembly import Stack, run_app, stacks_of

ENVIRONMENT, ACCOUNT, REGION = "dev", "111111111111", "eu-west-1"
PROJECTS = ("digits", "flights")
# Of digits.
SEVERAL_CLUSTERS = "{emr: {clusters: {large: {core_count: 2}}}}"
# In an order of their dependencies, also if the pipeline creates clusters like that of the emr stack.
KINDS = ("storage", "emr-serverless", "notebooks", "emr", "pipeline", "operations")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (template body)
_BODY_LIMIT = 51_200
_TEMPLATES = "mlproject-test-templates"
# A project whose Spark steps and notebook use an application, beside the others where Spark is the engine.
RIDES = "rides"
_RIDES = """\
name: rides
owner: rides@example.com
cost_centre: CC-2002
storage:
  noncurrent_days: 30
  artifacts_expire_days: 90
  access_logs_expire_days: 90
pipeline:
  folder: flight_delays
  engine: spark
emr_serverless: {}
notebooks:
  explore: {instance_type: ml.t3.medium}
environments:
  dev: {}
"""


def lay_out(folder: Path) -> None:
    """Write a checkout with the projects flights and digits in the environment dev, and its cloud assembly."""
    _lay_out(folder, engine="pandas")


def lay_out_with_spark(folder: Path) -> None:
    """Do the same, with Spark as the engine of the pipeline of flights, and the project rides without a cluster."""
    _lay_out(folder, engine="spark")


def _lay_out(folder: Path, *, engine: str) -> None:
    lay_out_example(folder)
    if engine != "pandas":
        flights = folder / "projects" / "flights" / "project.yaml"
        head, _, rest = flights.read_text().partition("  dev: {}\n")
        assert rest
        flights.write_text(f"{head}  dev: {{pipeline: {{engine: {engine}}}}}\n{rest}")
        rides = folder / "projects" / RIDES
        rides.mkdir()
        (rides / "project.yaml").write_text(_RIDES)
    digits = folder / "projects" / "digits"
    shutil.copytree(ROOT / "projects" / "digits", digits)
    project = digits / "project.yaml"
    head, _, _ = project.read_text().partition("environments:")
    project.write_text(f"{head}environments:\n  dev: {SEVERAL_CLUSTERS}\n  local: {{emr: null}}\n")
    done = run_app(folder, folder / "cdk.out", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True, kw_only=True)
class DeployedPlatform:
    """The deployed projects.

    Args:
        root: the checkout.
        server: the embedded AWS.
        client: boto3 clients of the environment's administrator.
        stacks: the synthesized stacks by path, such as `dev/flights/storage`.
    """

    root: Path
    server: aws.Server
    client: Callable[[str], Any]
    stacks: Mapping[str, Stack]

    def deployment(self, project: str) -> Deployment:
        return load_parameters(self.root).deployment(project, ENVIRONMENT)

    def definition(self, project: str) -> Definition:
        return read_definition(self.root / "pipelines" / self.deployment(project).require_pipeline().folder)

    def stack(self, project: str, kind: str) -> Stack:
        return self.stacks[f"{ENVIRONMENT}/{project}/{kind}"]

    def physical_ids(self, stack: str, type_name: str) -> list[str]:
        """The physical ids of a stack's resources of a type."""
        resources = self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == type_name]

    def mlproject(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the checkout."""
        given = {**self.server.environment(ACCOUNT, REGION), **variables}
        return run_mlproject(*arguments, folder=self.root, variables=given)


def deploy(root: Path, server: aws.Server, *, projects: Sequence[str] = (*PROJECTS, RIDES)) -> DeployedPlatform:
    """Create every stack of the cloud assembly in its order.

    Args:
        root: the checkout.
        server: the embedded AWS.
        projects: those that may be in the checkout.
    """
    aws.Accounts(server.folder).add([ACCOUNT])
    variables = server.environment(ACCOUNT, REGION)
    session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    clients: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in clients:
            clients[service] = session.client(service, endpoint_url=server.endpoint)
        return clients[service]

    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True)
    client("s3").create_bucket(Bucket=_TEMPLATES, CreateBucketConfiguration={"LocationConstraint": REGION})
    platform = DeployedPlatform(root=root, server=server, client=client, stacks=stacks_of(root / "cdk.out"))
    stages = [f"{ENVIRONMENT}/{project}" for project in projects]
    paths = [f"{ENVIRONMENT}/network", *(f"{stage}/{kind}" for stage in stages for kind in KINDS)]
    for path in paths:
        if path in platform.stacks:
            apply(platform, platform.stacks[path], platform.stacks[path].template, expect="CREATE_COMPLETE")
    return platform


def apply(platform: DeployedPlatform, stack: Stack, template: Mapping[str, Any], *, expect: str = "_COMPLETE") -> str:
    """Create or update a stack with a template, and return the status that it ends in."""
    cloudformation = platform.client("cloudformation")
    name = str(stack.properties["stackName"])
    existing = [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]]
    call = cloudformation.update_stack if name in existing else cloudformation.create_stack
    call(
        StackName=name,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": key, "Value": value} for key, value in stack.properties.get("tags", {}).items()],
        **_body(platform, name, json.dumps(template)),
    )
    (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    status = str(found["StackStatus"])
    assert status.endswith(expect), (name, found)
    return status


def _body(platform: DeployedPlatform, name: str, text: str) -> dict[str, str]:
    if len(text.encode()) <= _BODY_LIMIT:
        return {"TemplateBody": text}
    platform.client("s3").put_object(Bucket=_TEMPLATES, Key=name, Body=text.encode())
    return {"TemplateURL": f"https://{_TEMPLATES}.s3.{REGION}.amazonaws.com/{name}"}
