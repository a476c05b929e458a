"""No keys and no administrator: the roles of CI jobs, and `cdk bootstrap` with the generated execution policy."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

import embedded_aws as aws
from tests.checkouts import ROOT, copy_checkout
from tests.deploy.conftest import REGION, Cli, client_of
from tests.identity.issuer import Issuer
from tests.mlproject_command import run_mlproject

pytestmark = pytest.mark.deploy
GITLAB = Issuer(url="https://gitlab.example.com")
EXECUTION_ROLE = f"cdk-hnb659fds-cfn-exec-role-{aws.ACCOUNT}-{REGION}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[aws.Server]:
    folder = tmp_path_factory.mktemp("embedded-aws")
    aws.Issuers(folder).add(GITLAB.url, GITLAB.key_set)
    yield aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    aws.stop(folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's projects, deployed by the GitLab project data/platform."""
    folder = copy_checkout(tmp_path_factory.mktemp("checkout") / "checkout")
    environments = folder / "environments.yaml"
    gitlab = f"gitlab: {{url: {GITLAB.url}, project: data/platform}}\n"
    environments.write_text(gitlab + environments.read_text())
    return folder


@pytest.fixture(scope="module")
def cdk(server: aws.Server, checkout: Path) -> Cli:
    """The CDK CLI after the identity stack, and the commands that `mlproject execution-policy --write` prints."""
    cli = Cli(server, checkout)
    cli("deploy", f"identity/{aws.ACCOUNT}", "--require-approval", "never")
    for command in mlproject(server, checkout, "execution-policy", "-e", "local", "--write", "policies").splitlines():
        program, *arguments = shlex.split(command)
        if program == "cdk":
            cli(*arguments)
        else:
            variables = {**os.environ, **server.environment(aws.ACCOUNT, REGION)}
            subprocess.run([ROOT / ".venv" / "bin" / "aws", *arguments], cwd=checkout, env=variables, check=True)
    return cli


def mlproject(server: aws.Server, checkout: Path, *arguments: str) -> str:
    done = run_mlproject(*arguments, folder=checkout, variables=server.environment(aws.ACCOUNT, REGION))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def stacks(server: aws.Server) -> set[str]:
    found = client_of(server)("cloudformation").describe_stacks()["Stacks"]
    return {each["StackName"] for each in found if each["StackName"] not in {"CDKToolkit", "mlproject-identity"}}


def test_every_stack_is_deployed_changed_and_destroyed(cdk: Cli, server: aws.Server, checkout: Path) -> None:
    role = client_of(server)("iam").list_attached_role_policies(RoleName=EXECUTION_ROLE)["AttachedPolicies"]
    assert all(each["PolicyName"].startswith("mlproject-execution-local-") for each in role)
    deploy = ("deploy", "local/**", "--require-approval", "never", "--concurrency", "4", "--progress", "events")
    cdk(*deploy)
    deployed = stacks(server)
    assert {f"flights-local-{kind}" for kind in FLIGHTS} | {f"digits-local-{kind}" for kind in DIGITS} < deployed
    assert "local-network" in deployed

    project = checkout / "projects" / "flights" / "project.yaml"
    text = project.read_text()
    changed = text.replace("ml.t3.medium", "ml.t3.large").replace("noncurrent_days: 30", "noncurrent_days: 31")
    assert changed != text
    project.write_text(changed)
    environments = checkout / "environments.yaml"
    environments.write_text(environments.read_text().replace("managed-by: mlproject", "managed-by: platform"))
    cdk(*deploy)

    for name in ("flights", "digits"):
        mlproject(server, checkout, "empty", name, "--environment", "local", "--yes")
    cdk("destroy", "local/**", "--force")
    assert stacks(server) == set()


def job(server: aws.Server, checkout: Path, role: str, *arguments: str, **claims: str) -> tuple[int, str]:
    """Run `mlproject` as a job of GitLab CI that has only its token; the exit code and the output."""
    token = checkout / "token"
    token.write_text(GITLAB.token(**claims))
    done = run_mlproject(
        *arguments,
        folder=checkout,
        variables={
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_REGION": REGION,
            "AWS_ROLE_ARN": f"arn:aws:iam::{aws.ACCOUNT}:role/{role}",
            "AWS_ROLE_SESSION_NAME": "gl-100-200",
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        },
        merge=True,
    )
    return done.returncode, done.stdout


@pytest.mark.provokes_denials
def test_a_job_deploys_with_its_token_and_a_merge_request_only_compares(
    cdk: Cli, server: aws.Server, checkout: Path
) -> None:
    arguments = ("digits", "--environment", "local")
    code, output = job(server, checkout, "mlproject-deploy-local", "deploy", *arguments, "--yes", "--libraries")
    assert (code, "Proceeding anyway" in output) == (0, False), output
    assert "digits-local-storage" in stacks(server)

    code, output = job(server, checkout, "mlproject-diff-local", "diff", *arguments, ref="feature")
    assert (code, "no changes" in output) == (0, True), output
    code, output = job(server, checkout, "mlproject-diff-local", "data", "push", *arguments, ref="feature")
    assert (code, "AWS returned 403: Forbidden" in output) == (1, True), output
    code, output = job(server, checkout, "mlproject-deploy-local", "deploy", *arguments, "--yes", ref="feature")
    assert (code, "this job may not assume" in output) == (1, True), output
    assert "Traceback" not in output


FLIGHTS = ("storage", "pipeline", "notebooks", "emr", "operations")
DIGITS = ("storage", "pipeline", "notebooks")
OUTSIDE = {
    "provider": ("AWS::IAM::OIDCProvider", {"Url": "https://evil.example.com", "ClientIdList": ["evil"]}),
    "bucket": ("AWS::S3::Bucket", {"BucketName": "company-payroll"}),
    "role": (
        "AWS::IAM::Role",
        {"RoleName": "mlproject-deploy-local", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    ),
    "parameter": (
        "AWS::SSM::Parameter",
        {"Name": "/mlproject/prod/x", "Type": "String", "Value": "x"},
    ),
}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_is_outside_is_refused(cdk: Cli, server: aws.Server, kind: str) -> None:
    type_name, properties = OUTSIDE[kind]
    client = client_of(server)("cloudformation")
    name = f"outside-{kind}"
    client.create_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": {"It": {"Type": type_name, "Properties": properties}}}),
        RoleARN=f"arn:aws:iam::{aws.ACCOUNT}:role/{EXECUTION_ROLE}",
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    events: list[dict[str, Any]] = client.describe_stack_events(StackName=name)["StackEvents"]
    (failed,) = (each for each in events if each["ResourceStatus"] == "CREATE_FAILED")
    # HeadBucket answers without a message.
    assert re.search("is not authorized to perform|HeadBucket, Code: 403", failed["ResourceStatusReason"])


def test_no_user_can_be_created_with_the_policy(cdk: Cli, server: aws.Server) -> None:
    answer = client_of(server)("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{aws.ACCOUNT}:role/{EXECUTION_ROLE}",
        ActionNames=["iam:CreateUser", "iam:CreateAccessKey", "iam:AttachRolePolicy"],
        ResourceArns=[f"arn:aws:iam::{aws.ACCOUNT}:user/eve"],
    )
    assert {each["EvalDecision"] for each in answer["EvaluationResults"]} == {"implicitDeny"}
