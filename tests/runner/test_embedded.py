"""Runs of pipelines that are deployed in the embedded AWS: its objects, its role, its record, its registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3
import pytest

import embedded_aws as servers
from mlproject.errors import UserError
from mlproject.runner import EmbeddedAws, RunResult, StepResult, UnreachableError, run_deployed_pipeline
from tests.runner.conftest import STEP
from tests.runner.samples import (
    at_least,
    condition,
    definition,
    grants,
    json_get,
    output_of,
    parameter,
    policy,
    processing,
    register,
)

pytestmark = pytest.mark.slow

REGION = "eu-west-1"
# Writes which AWS credentials it has, and what it can see of S3 with them.
WHOAMI = """
import json, os, pathlib, boto3
identity = boto3.client("sts").get_caller_identity()["Arn"]
out = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
out.joinpath("metrics.json").write_text(json.dumps({"arn": identity, "one": 1}))
"""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One pipeline with what it needs, in a server.

    Args:
        session: the user's boto3 session.
        endpoint: the server.
        name: of the pipeline, its bucket, group and role.
        folder: what runs leave on this machine.
    """

    session: Any
    endpoint: str
    name: str
    folder: Path
    clients: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients.values():
            client.close()

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.session.client(service, endpoint_url=self.endpoint)
        return self.clients[service]

    @property
    def role(self) -> str:
        return f"arn:aws:iam::123456789012:role/{self.name}"

    def prepare(self, *, trusts: str = "sagemaker.amazonaws.com") -> None:
        """Create bucket, code, data, role and model package group."""
        trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        self.client("iam").create_role(
            RoleName=self.name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        self.allow()
        s3 = self.client("s3")
        s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        for name, text in (("step.py", STEP), ("whoami.py", WHOAMI), ("data.txt", "real data")):
            s3.put_object(Bucket=self.name, Key=name, Body=text.encode())
        self.client("sagemaker").create_model_package_group(
            ModelPackageGroupName=self.name, ModelPackageGroupDescription="tests"
        )

    def allow(self, *, but: str | None = None) -> None:
        """Let the role do what the steps of these tests need, and nothing else; or all but one action."""
        needed = grants(bucket=self.name, role=self.role, group=self.name, region=REGION)
        document = policy(*(each for each in needed if each["Action"] != but))
        self.client("iam").put_role_policy(RoleName=self.name, PolicyName="steps", PolicyDocument=document)

    def deploy(self, document: dict[str, Any]) -> None:
        """Create or replace the pipeline; addresses of the code lead to this account's bucket."""
        text = json.dumps(document).replace("s3://code/", f"s3://{self.name}/")
        text = text.replace("arn:aws:iam::123456789012:role/tests", self.role)
        sagemaker = self.client("sagemaker")
        if sagemaker.list_pipelines(PipelineNamePrefix=self.name)["PipelineSummaries"]:
            sagemaker.update_pipeline(PipelineName=self.name, PipelineDefinition=text)
        else:
            sagemaker.create_pipeline(
                PipelineName=self.name,
                PipelineDefinition=text,
                RoleArn=self.role,
                ClientRequestToken="x" * 32,
            )

    def run(self, **options: Any) -> RunResult:
        given = {"parameters": {}, "defaults": {}, **options}
        with EmbeddedAws(endpoint=self.endpoint, region=REGION, boto3_session=self.session) as aws:
            return run_deployed_pipeline(aws=aws, name=self.name, folder=self.folder, **given)

    def steps(self, result: RunResult) -> list[dict[str, Any]]:
        listed = self.client("sagemaker").list_pipeline_execution_steps(
            PipelineExecutionArn=result.execution_arn, SortOrder="Ascending"
        )
        steps: list[dict[str, Any]] = listed["PipelineExecutionSteps"]
        return steps

    def execution(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
        return found


def session(server: servers.Server) -> Any:
    keys = server.administrator
    return boto3.Session(keys.access_key_id, keys.secret_access_key, region_name=REGION)


@pytest.fixture
def account(embedded_aws: servers.Server, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Account]:
    """A prepared account; names of this test's own, since the server is shared."""
    name = f"run-{os.getpid()}-{abs(hash(request.node.nodeid)) % 10**8}"
    with Account(session=session(embedded_aws), endpoint=embedded_aws.endpoint, name=name, folder=tmp_path) as made:
        made.prepare()
        yield made


def document(account: Account) -> dict[str, Any]:
    """Copy, evaluate, register if good."""
    bucket = account.name
    return definition(
        processing("Copy", inputs={"data": f"s3://{bucket}/data.txt"}, bucket=bucket, arguments=["copied"]),
        processing(
            "Evaluate",
            script="whoami.py",
            inputs={"data": output_of("Copy", "out")},
            bucket=bucket,
            property_files={"M": ("out", "metrics.json")},
        ),
        condition(
            "Good",
            [at_least(json_get("Evaluate", "M", "one"), {"Get": "Parameters.Limit"})],
            then=[
                register(
                    "Register",
                    {"Std:Join": {"On": "", "Values": ["s3://m/", {"Get": "Parameters.Commit"}]}},
                    group=bucket,
                )
            ],
            otherwise=[],
        ),
        parameters=(parameter("Limit", "Float", 0.5), parameter("Commit", "String", "unknown")),
    )


def test_a_deployed_pipeline_runs_and_is_recorded_with_its_steps(account: Account) -> None:
    account.deploy(document(account))
    result = account.run(defaults={"Commit": "abc", "NotThere": "x"})
    assert result.status == "Succeeded", result.failure
    execution = account.execution(result.execution_arn)
    assert execution["PipelineExecutionStatus"] == "Succeeded"
    steps = {step["StepName"]: step for step in account.steps(result)}
    assert list(steps) == ["Copy", "Evaluate", "Good", "Register"]
    assert {step["StepStatus"] for step in steps.values()} == {"Succeeded"}
    assert steps["Good"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    assert steps["Copy"]["Metadata"]["ProcessingJob"]["Arn"].startswith("arn:aws:sagemaker:eu-west-1:123456789012:")
    assert steps["Copy"]["EndTime"] >= steps["Copy"]["StartTime"]
    (package,) = account.client("sagemaker").list_model_packages(ModelPackageGroupName=account.name)[
        "ModelPackageSummaryList"
    ]
    assert (
        package["ModelPackageArn"] == result.model_package_arn == steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    given = account.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=result.execution_arn
    )["PipelineParameters"]
    assert given == [{"Name": "Commit", "Value": "abc"}]


def test_outputs_are_objects_of_the_deployed_bucket(account: Account) -> None:
    account.deploy(document(account))
    result = account.run()
    key = result.outputs["Copy"]["out"].removeprefix(f"s3://{account.name}/")
    body = account.client("s3").get_object(Bucket=account.name, Key=f"{key}/text.txt")["Body"].read()
    assert body == b"copied real data"


def test_steps_have_the_credentials_of_the_pipelines_role(account: Account) -> None:
    account.deploy(document(account))
    result = account.run()
    assert f"assumed-role/{account.name}/" in result.property_files["Evaluate.M"]["arn"]


def test_a_role_that_does_not_trust_sagemaker_stops_the_run_before_it_starts(
    embedded_aws: servers.Server, tmp_path: Path
) -> None:
    name = f"run-untrusted-{os.getpid()}"
    with Account(session=session(embedded_aws), endpoint=embedded_aws.endpoint, name=name, folder=tmp_path) as account:
        account.prepare(trusts="ec2.amazonaws.com")
        account.deploy(document(account))
        with pytest.raises(UserError, match=rf"role {account.role}: .*sagemaker\.amazonaws\.com"):
            account.run()
        listed = account.client("sagemaker").list_pipeline_executions(PipelineName=name)
        assert listed["PipelineExecutionSummaries"] == []


def test_a_second_run_is_recorded_as_cache_hits_and_registers_again(account: Account) -> None:
    account.deploy(document(account))
    first = account.run()
    second = account.run(parameters={"Limit": "0.7"})
    steps = {step["StepName"]: step for step in account.steps(second)}
    hit = {"SourcePipelineExecutionArn": first.execution_arn}
    assert [steps[name].get("CacheHitResult") for name in ("Copy", "Evaluate", "Good")] == [hit, hit, None]
    assert second.model_package_arn != first.model_package_arn


def test_another_pipeline_makes_its_own_results_in_its_own_bucket(account: Account) -> None:
    account.deploy(document(account))
    account.run()
    other = Account(
        session=account.session, endpoint=account.endpoint, name=f"{account.name}-mine", folder=account.folder
    )
    with other:
        other.prepare()
        other.deploy(document(other))
        result = other.run()
        assert result.status == "Succeeded", result.failure
        assert not any(step.cached for step in result.steps)
        uris = [uri for outputs in result.outputs.values() for uri in outputs.values()]
        assert uris
        assert all(uri.startswith(f"s3://{other.name}/") for uri in uris)


def test_a_failing_run_is_recorded_with_its_reason(account: Account) -> None:
    failing = processing("Copy", bucket=account.name, inputs={"data": f"s3://{account.name}/nothing"})
    account.deploy(definition(failing))
    result = account.run()
    execution = account.execution(result.execution_arn)
    assert execution["PipelineExecutionStatus"] == "Failed"
    assert "no object key starts with" in execution["FailureReason"]
    (step,) = account.steps(result)
    assert (step["StepStatus"], step["FailureReason"]) == ("Failed", result.step("Copy").failure)


def test_a_definition_that_cannot_run_here_is_recorded_as_failed(account: Account) -> None:
    account.deploy(definition(processing("Copy", image="a/unknown:1")))
    with pytest.raises(UserError, match="image 'a/unknown:1' is not supported"):
        account.run()
    (execution,) = account.client("sagemaker").list_pipeline_executions(PipelineName=account.name)[
        "PipelineExecutionSummaries"
    ]
    assert execution["PipelineExecutionStatus"] == "Failed"


def test_a_wrong_parameter_starts_nothing(account: Account) -> None:
    account.deploy(document(account))
    with pytest.raises(UserError, match="Did you mean Limit"):
        account.run(parameters={"Limt": "1"})
    listed = account.client("sagemaker").list_pipeline_executions(PipelineName=account.name)
    assert listed["PipelineExecutionSummaries"] == []


def test_a_pipeline_that_is_not_deployed_is_said(account: Account) -> None:
    with pytest.raises(UserError, match=rf"pipeline '{account.name}' is not deployed in .*\. Deploy it: cdk deploy"):
        account.run()


def test_an_overwritten_input_object_is_seen(account: Account) -> None:
    account.deploy(document(account))
    account.run()
    account.client("s3").put_object(Bucket=account.name, Key="data.txt", Body=b"newer data")
    assert not account.run().step("Copy").cached


@pytest.mark.slow
def test_a_killed_server_ends_the_run_in_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    server = servers.start(tmp_path / "server", lifetime=servers.Lifetime.OF_STARTER)

    def kill(step: StepResult) -> None:
        if (step.name, step.status) == ("Evaluate", "Executing"):
            os.kill(server.pid, 9)

    name, kept = "run-killed", tmp_path / "kept"
    with Account(session=session(server), endpoint=server.endpoint, name=name, folder=kept) as account:
        account.prepare()
        account.deploy(document(account))
        with pytest.raises(UnreachableError) as ended:
            account.run(observer=kill)
    assert str(ended.value) == (
        f"the embedded AWS at {server.endpoint} no longer responds, so the run ended. Its state was in "
        "memory: start it again (`mlproject local up`), deploy and upload the data again, then repeat the command."
    )
    assert list(tmp_path.glob("kept/runs/*/work/*")) == []
    servers.stop(tmp_path / "server")


KILLED = """
import os, sys
from pathlib import Path
import boto3
from tests.runner.test_embedded import REGION, Account
def kill(step):
    if (step.name, step.status) == ("Evaluate", "Executing"):
        os.kill(os.getpid(), 9)
endpoint, name, folder = sys.argv[1:]
account = Account(session=boto3.Session(region_name=REGION), endpoint=endpoint, name=name, folder=Path(folder))
account.run(observer=kill)
"""


def test_after_a_kill_of_the_runner_the_next_run_settles_the_record_and_resumes(account: Account) -> None:
    account.deploy(document(account))
    command = [sys.executable, "-c", KILLED, account.endpoint, account.name, str(account.folder)]
    keys = account.session.get_credentials()
    variables = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    killed = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], env={**os.environ, **variables})
    assert killed.returncode == -9
    (before,) = account.client("sagemaker").list_pipeline_executions(PipelineName=account.name)[
        "PipelineExecutionSummaries"
    ]
    assert before["PipelineExecutionStatus"] == "Executing"
    result = account.run()
    assert result.status == "Succeeded", result.failure
    assert (result.step("Copy").cached, result.step("Evaluate").cached) == (True, False)
    assert account.execution(before["PipelineExecutionArn"])["PipelineExecutionStatus"] == "Stopped"
    assert list(account.folder.glob("runs/*/running.json")) == []
