"""The real project by the ordinary CDK CLI, from the first deploy to destroy; boto3 looks at what exists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlproject.embedded_aws import ACCOUNT, Server
from tests.deploy.conftest import REGION, ROOT, Cli, client_of

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]
STACKS = ("local-network", "flights-local-storage", "flights-local-pipeline")
BUCKETS = {f"flights-local-{use}-{ACCOUNT}-{REGION}" for use in ("data", "artifacts", "access-logs")}


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly of everything in the environment `local`, synthesized once per worker."""
    folder = tmp_path_factory.mktemp("assembly")
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps({"environment": "local"})},
        check=True,
        capture_output=True,
    )
    return folder


def exists(client: Client) -> dict[str, Any]:
    """What boto3 lists of the project and its network."""
    sagemaker, ec2 = client("sagemaker"), client("ec2")
    owned = [{"Name": "tag:managed-by", "Values": ["mlproject"]}]
    stacks = client("cloudformation").describe_stacks()["Stacks"]
    roles = client("iam").list_roles()["Roles"]
    return {
        "stacks": sorted(stack["StackName"] for stack in stacks if stack["StackName"] in STACKS),
        "buckets": {bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]} & BUCKETS,
        "pipelines": [found["PipelineName"] for found in sagemaker.list_pipelines()["PipelineSummaries"]],
        "groups": [
            found["ModelPackageGroupName"]
            for found in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
        ],
        "roles": [role["RoleName"] for role in roles if role["RoleName"].startswith("flights-local")],
        "vpcs": len(ec2.describe_vpcs(Filters=owned)["Vpcs"]),
        "subnets": len(ec2.describe_subnets(Filters=owned)["Subnets"]),
        "endpoints": len(ec2.describe_vpc_endpoints(Filters=owned)["VpcEndpoints"]),
        "aliases": [
            alias["AliasName"]
            for alias in client("kms").list_aliases()["Aliases"]
            if alias["AliasName"] == "alias/flights-local"
        ],
    }


NOTHING = {
    "stacks": [],
    "buckets": set(),
    "pipelines": [],
    "groups": [],
    "roles": [],
    "vpcs": 0,
    "subnets": 0,
    "endpoints": 0,
    "aliases": [],
}


def mlproject(server: Server, *arguments: str) -> str:
    """The command `mlproject` in this checkout, pointed at a server."""
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", *arguments],
        cwd=ROOT,
        env={**os.environ, **server.environment(ACCOUNT, REGION)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_deploy_run_again_diff_empty_destroy(cdk: Cli, assembly: Path, bootstrapped: Server) -> None:
    client = client_of(bootstrapped)
    assert exists(client) == NOTHING

    cdk.deploy(assembly, "local/*", "flights-local/*")
    deployed = exists(client)
    assert deployed["stacks"] == sorted(STACKS)
    assert deployed["buckets"] == BUCKETS
    assert (deployed["pipelines"], deployed["groups"]) == (["flights-local"], ["flights-local"])
    assert (deployed["vpcs"], deployed["subnets"]) == (1, 2)
    _assert_storage_is_private(client)

    output = cdk.deploy(assembly, "local/*", "flights-local/*")
    assert output.count("(no changes)") == len(STACKS)
    assert "There were no differences" in cdk("diff", "--app", str(assembly), "flights-local/*")
    assert exists(client) == deployed

    client("s3").put_object(Bucket=f"flights-local-data-{ACCOUNT}-{REGION}", Key="raw/kept", Body=b"data")
    refused = cdk("destroy", "--app", str(assembly), "flights-local/storage", "--force", fails=True)
    assert "not empty" in refused
    mlproject(bootstrapped, "empty", "flights", "--environment", "local", "--yes")
    cdk("destroy", "--app", str(assembly), "flights-local/*", "--force")
    cdk("destroy", "--app", str(assembly), "local/*", "--force")
    assert exists(client) == NOTHING


def _assert_storage_is_private(client: Client) -> None:
    s3 = client("s3")
    for bucket in BUCKETS:
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
        # S3 cannot deliver access logs into a bucket that is encrypted with a KMS key.
        assert algorithm == ("AES256" if "access-logs" in bucket else "aws:kms")


def test_a_first_deploy_that_fails_leaves_no_bucket_behind_and_can_be_repeated(
    cdk: Cli, assembly: Path, bootstrapped: Server
) -> None:
    client = client_of(bootstrapped)
    taken = f"flights-local-artifacts-{ACCOUNT}-{REGION}"
    client("s3").create_bucket(Bucket=taken, CreateBucketConfiguration={"LocationConstraint": REGION})

    output = cdk.deploy(assembly, "flights-local/storage", fails=True)
    assert f"{taken} already exists" in output
    assert exists(client)["buckets"] == {taken}

    client("s3").delete_bucket(Bucket=taken)
    cdk.deploy(assembly, "flights-local/storage")
    assert exists(client)["buckets"] == BUCKETS
    mlproject(bootstrapped, "empty", "flights", "--environment", "local", "--yes")
    cdk("destroy", "--app", str(assembly), "flights-local/storage", "--force")
    assert exists(client) == NOTHING
