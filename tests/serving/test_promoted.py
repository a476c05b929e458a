"""A model promoted from one account is served by an endpoint in another one, from its own copies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as servers
from mlproject.runner.serving import inference_command
from tests.checkouts import ROOT
from tests.embedded_aws.iam.ground import Client, clients
from tests.mlproject_command import run_mlproject
from tests.runner.samples import XGBOOST
from tests.runner.test_endpoints import SCRIPT, packed
from tests.serving.checkout import REGION, synthesized, upload_assets
from tests.stacks.assembly import Stack

pytestmark = pytest.mark.slow

ACCOUNTS = {"dev": servers.ACCOUNT, "live": "222222222222"}
SCRIPT_KEY = "0123abcd.gz"
ENVIRONMENTS = f"""\
region: {REGION}
environments:
  dev:
    account: "{ACCOUNTS["dev"]}"
    retain_data: false
    network: {{new: {{cidr: 10.61.0.0/16}}}}
  live:
    account: "{ACCOUNTS["live"]}"
    retain_data: false
    network: {{new: {{cidr: 10.62.0.0/16}}}}
"""
PROJECT = """\
name: flights
owner: ml@example.com
cost_centre: CC-7
storage: {noncurrent_days: 14, artifacts_expire_days: 90, access_logs_expire_days: 400}
pipeline: {folder: flight_delays}
environments:
  dev: {}
  live:
    promoted_from: dev
    serving: {model_version: 1, endpoint: {kind: real_time, instance_type: ml.m5.large}}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("promoted")
    (root / "environments.yaml").write_text(ENVIRONMENTS)
    (root / "projects" / "flights").mkdir(parents=True)
    (root / "projects" / "flights" / "project.yaml").write_text(PROJECT)
    (root / "pipelines").symlink_to(ROOT / "pipelines")
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    folder = tmp_path_factory.mktemp("server")
    servers.Accounts(folder).add(ACCOUNTS.values())
    yield servers.start(folder, lifetime=servers.Lifetime.OF_STARTER, inference_command=inference_command())
    servers.stop(folder)


def bucket(environment: str, use: str) -> str:
    return f"flights-{environment}-{use}-{ACCOUNTS[environment]}-{REGION}"


def code_bucket(environment: str) -> str:
    return f"cdk-hnb659fds-assets-{ACCOUNTS[environment]}-{REGION}"


def deploy(client: Client, stack: Stack) -> None:
    upload_assets(stack, client("s3"))
    cloudformation, name = client("cloudformation"), str(stack.properties["stackName"])
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(stack.template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert described["StackStatus"] == "CREATE_COMPLETE", [each.get("ResourceStatusReason") for each in events]


@pytest.fixture(scope="module")
def administrators(
    server: servers.Server, checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Client]:
    """The clients of each account's administrator; what a model needs is deployed in both accounts."""
    stacks = synthesized(checkout, tmp_path_factory.mktemp("assembly"))
    made: dict[str, Client] = {}
    for name, account in ACCOUNTS.items():
        keys = server.administrator_of(account)
        made[name] = clients(server, keys.access_key_id, keys.secret_access_key)
        location: Any = {"LocationConstraint": REGION}
        made[name]("s3").create_bucket(Bucket=code_bucket(name), CreateBucketConfiguration=location)
        for path in (f"{name}/network", f"{name}/flights/storage", f"{name}/flights/pipeline"):
            deploy(made[name], stacks[path])
        # The hash of the script is the same in both accounts.
        made[name]("s3").put_object(Bucket=code_bucket(name), Key=SCRIPT_KEY, Body=packed(inference_py=SCRIPT))
    register(made["dev"])
    promote(server, checkout)
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNTS['live']}:model-package/flights-live/1"
    made["live"]("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    # Only its own copies may be used.
    made["dev"]("s3").delete_object(Bucket=bucket("dev", "artifacts"), Key="flight_delays/models/10/model.tar.gz")
    for name in ACCOUNTS:
        made[name]("s3").delete_object(Bucket=code_bucket(name), Key=SCRIPT_KEY)
    deploy(made["live"], stacks["live/flights/serving"])
    return made


def register(client: Client) -> None:
    """Register a model that adds 10, as the pipeline does."""
    key = "flight_delays/models/10/model.tar.gz"
    client("s3").put_object(Bucket=bucket("dev", "artifacts"), Key=key, Body=packed(number="10"))
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{code_bucket('dev')}/{SCRIPT_KEY}",
    }
    container = {
        "Image": XGBOOST,
        "ModelDataUrl": f"s3://{bucket('dev', 'artifacts')}/{key}",
        "Environment": environment,
    }
    client("sagemaker").create_model_package(
        ModelPackageGroupName="flights-dev",
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )


def promote(server: servers.Server, checkout: Path) -> None:
    arguments = ("promote", "flights", "--from", "dev", "--to", "live", "--model", "1")
    done = run_mlproject(*arguments, folder=checkout, variables=server.environment(ACCOUNTS["live"], REGION))
    assert done.returncode == 0, done.stderr


def test_the_endpoint_of_the_other_account_answers_with_the_promoted_model(
    administrators: Mapping[str, Client],
) -> None:
    answer = administrators["live"]("sagemaker-runtime").invoke_endpoint(
        EndpointName="flights-live-real-time", Body=b"1\n2\n", ContentType="text/csv"
    )
    assert answer["Body"].read() == b"11\n12\n"
