"""SageMaker's SDK builds a pipeline, creates it and starts it in the embedded AWS, with the caller's permissions."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from tests.definition.folders import ROOT
from tests.embedded_aws.iam.ground import (
    REGION,
    SAGEMAKER,
    administrator,
    allow,
    internal,
    make_bucket,
    make_role,
)

pytestmark = pytest.mark.pipelines

IMAGE = f"{aws.ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/image:1"
SIMULATE = "iam:SimulatePrincipalPolicy"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A user of the SDK.

    Args:
        server: whose AWS it calls.
        keys: its credentials as environment variables.
        role: the pipeline's.
        bucket: the SDK's default bucket.
    """

    server: aws.Server
    keys: dict[str, str]
    role: str
    bucket: str

    def run(self, home: Path) -> subprocess.CompletedProcess[str]:
        """Run the script in the environment with the SDK."""
        python = ROOT / ".venv-pipelines" / "bin" / "python"
        script = ROOT / "tests" / "pipelines" / "sdk_pipeline.py"
        environment = {
            "PATH": os.defpath,
            "HOME": str(home),
            "AWS_ENDPOINT_URL": self.server.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            **self.keys,
        }
        command = [str(python), str(script), self.role, self.bucket, IMAGE]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def refused_actions(self) -> list[str]:
        path = f"refusals?session={self.keys['AWS_ACCESS_KEY_ID']}"
        return [each["action"] for each in internal(self.server, "GET", path)[1]]


def caller(server: aws.Server, name: str, *, role_actions: list[str], more: list[str]) -> Caller:
    """A developer who may create pipelines with a role that may do `role_actions`; `more` is allowed on the role."""
    client = administrator(server)
    bucket = make_bucket(client, f"{name}-bucket")
    role = make_role(client, f"{name}-job", allow(role_actions, "*"))
    pipeline = f"arn:aws:sagemaker:{REGION}:{aws.ACCOUNT}:pipeline/*"
    developer = make_role(
        client,
        f"{name}-developer",
        allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], f"arn:aws:s3:::{bucket}*"),
        allow("s3:ListAllMyBuckets", "*"),
        allow(["iam:GetRole", "iam:PassRole", *more], role),
        allow("sagemaker:*", pipeline),
    )
    request = {"role_arn": developer, "service": SAGEMAKER, "region": REGION}
    code, given = internal(server, "POST", "service-credentials", request)
    assert code == 200, given
    keys = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    return Caller(server=server, keys=keys, role=role, bucket=bucket)


def definition(server: aws.Server) -> Any:
    return administrator(server)("sagemaker").describe_pipeline(PipelineName="sdk")["PipelineDefinition"]


def test_a_pipeline_with_a_checked_role_is_created_updated_and_started(
    embedded_aws: aws.Server, tmp_path: Path
) -> None:
    developer = caller(embedded_aws, "sdk-checked", role_actions=["*"], more=[SIMULATE])
    done = developer.run(tmp_path)
    assert (done.returncode, done.stdout) == (0, "Executing\n"), done.stderr
    assert "Could not verify permissions" not in done.stderr
    assert developer.refused_actions() == []
    assert all(f'"Name": "{step}"' in definition(embedded_aws) for step in ("Prepare", "Train"))
    assert developer.role in definition(embedded_aws)


def test_the_sdk_says_what_the_role_of_a_pipeline_may_not(embedded_aws: aws.Server, tmp_path: Path) -> None:
    developer = caller(embedded_aws, "sdk-lacking", role_actions=["s3:*", "sagemaker:*"], more=[SIMULATE])
    done = developer.run(tmp_path)
    assert done.returncode != 0
    assert f"IAM role '{developer.role}' cannot be used for 'training' workloads" in done.stderr
    (missing,) = [line for line in done.stderr.splitlines() if line.startswith("Missing permissions: ")]
    assert "ec2:CreateNetworkInterface" in missing
    assert "sagemaker:" not in missing


def test_without_the_permission_to_simulate_the_sdk_says_that_it_checked_nothing(
    embedded_aws: aws.Server, tmp_path: Path
) -> None:
    """On AWS too, the SDK then warns and goes on."""
    developer = caller(embedded_aws, "sdk-unchecked", role_actions=["s3:*"], more=[])
    done = developer.run(tmp_path)
    assert (done.returncode, done.stdout) == (0, "Executing\n"), done.stderr
    told = f"Could not verify permissions for role '{developer.role}' (caller lacks {SIMULATE}"
    assert told in done.stderr
    assert set(developer.refused_actions()) == {SIMULATE}
