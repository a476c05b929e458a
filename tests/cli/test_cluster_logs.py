"""`mlproject cluster logs` on the embedded AWS, with log files in S3 as EMR lays them out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.cli.common.session import Session
from mlproject.cluster import ClusterLogs, LogFile
from mlproject.names import named_cluster_id
from tests.cli.checkout import Checkout, make_bucket
from tests.cli.test_cluster import EMR, checkout_of, run
from tests.cluster.cluster_stack import Client, clients, cluster_id, deploy

pytestmark = pytest.mark.slow

APPLICATION = "application_1764479000000_0001"
CONTAINER = "container_1764479000000_0001"
# Of a cluster that EMR no longer knows, so that a test need not create it.
FORGOTTEN = "j-FORGOTTEN"
STEP = "s-ABC"


class EmrWithOutcomes:
    """EMR in which steps have ended, since the embedded AWS runs none.

    Args:
        emr: the boto3 client.
        outcomes: status of each step that has ended, by its name.
    """

    def __init__(self, emr: Any, outcomes: dict[str, dict[str, Any]]) -> None:
        self.emr, self.outcomes = emr, outcomes

    def describe_cluster(self, **arguments: str) -> Any:
        return self.emr.describe_cluster(**arguments)

    def get_paginator(self, operation: str) -> EmrWithOutcomes:
        assert operation == "list_steps"
        return self

    def paginate(self, **arguments: str) -> Iterator[dict[str, Any]]:
        for page in self.emr.get_paginator("list_steps").paginate(**arguments):
            for step in page["Steps"]:
                started = step["Status"]["Timeline"]["CreationDateTime"]
                times = {"StartDateTime": started, "EndDateTime": started + timedelta(seconds=95)}
                if step["Name"] in self.outcomes:
                    step["Status"].update(self.outcomes[step["Name"]])
                    step["Status"]["Timeline"].update(times)
            yield page


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


def add_steps(client: Client, cluster: str, *names: str) -> list[str]:
    """Add steps to a cluster, each after the one before, and return their ids."""
    jar = {"Jar": "command-runner.jar", "Args": ["spark-submit"]}
    ids = []
    for name in names:
        step = {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}
        ids += client("emr").add_job_flow_steps(JobFlowId=cluster, Steps=[step])["StepIds"]
    return ids


def write_logs(client: Client, checkout: Checkout, cluster: str, files: dict[str, str]) -> str:
    """Write log files of a cluster, compressed as EMR does, and return their place in S3."""
    bucket = make_bucket(client("s3"), checkout.names().bucket("artifacts"))
    for name, text in files.items():
        key = f"emr-logs/{cluster}/{name}"
        client("s3").put_object(Bucket=bucket, Key=key, Body=gzip.compress(text.encode()))
    return f"s3://{bucket}/emr-logs/{cluster}/"


def test_the_last_failed_step_is_explained_by_the_end_of_its_log_files(
    tmp_path: Path, embedded_aws: aws.Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_of(tmp_path, "failing", embedded_aws)
    cluster = deploy(client, checkout.names())
    first, second, third, waiting = add_steps(client, cluster, "load", "prepare", "count", "report")
    outcomes: dict[str, dict[str, Any]] = {
        "load": {"State": "FAILED", "FailureDetails": {"Reason": "Unknown Error."}},
        "prepare": {"State": "FAILED", "FailureDetails": {"Reason": "Unknown Error.", "Message": "exit\ncode 1"}},
        "count": {"State": "COMPLETED"},
    }
    client_of = Session.client

    def with_outcomes(session: Session, service: str) -> Any:
        real = client_of(session, service)
        return EmrWithOutcomes(real, outcomes) if service == "emr" else real

    monkeypatch.setattr(Session, "client", with_outcomes)
    place = write_logs(
        client,
        checkout,
        cluster,
        {
            f"steps/{first}/stderr.gz": "of the first\n",
            f"steps/{second}/controller.gz": "INFO Step failed\n",
            f"steps/{second}/stderr.gz": "".join(f"line {number}\n" for number in range(100))
            + "\x1b[2JKeyError\tday\n",
            f"steps/{third}/stderr.gz": "of the third\n",
            f"containers/{APPLICATION}/{CONTAINER}_01_000001/stderr.gz": "driver\n",
        },
    )
    client("emr").terminate_job_flows(JobFlowIds=[cluster])
    done = run(checkout, "logs", "--lines", "2")
    assert (done.returncode, done.stderr) == (0, "")
    width = len(second)
    assert done.stdout.splitlines() == [
        f"failing-local, account {aws.ACCOUNT}, eu-south-2:",
        f"  cluster {cluster}, logs in {place}",
        f"  {'step':{width}}  state      duration    name     reason",
        f"  {waiting}  PENDING                report",
        f"  {third}  COMPLETED  1 min 35 s  count",
        f"  {second}  FAILED     1 min 35 s  prepare  Unknown Error.: exit code 1",
        f"  {first}  FAILED     1 min 35 s  load     Unknown Error.",
        f"  applications, newest first: {APPLICATION}",
        "",
        f"{place}steps/{second}/stderr.gz, last lines:",
        "  line 99",
        "  [2JKeyError    day",
        "",
        f"{place}steps/{second}/controller.gz, last lines:",
        "  INFO Step failed",
    ]
    document = json.loads(run(checkout, "logs", "--json", "--step", first).stdout)
    assert [(each["step_id"], each["seconds"]) for each in document["steps"]][2:] == [(second, 95), (first, 95)]
    assert document["files"] == [
        {"uri": f"{place}steps/{first}/stderr.gz", "lines": ["of the first"], "is_complete": True}
    ]


def test_the_driver_of_an_application_comes_before_its_executors(
    tmp_path: Path, embedded_aws: aws.Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_of(tmp_path, "sessions", embedded_aws)
    monkeypatch.setattr("mlproject.cluster.logs._FOLDERS", 3)
    files = {
        f"containers/{APPLICATION}/{CONTAINER}_{attempt}_{number}/stderr.gz": f"{attempt} {number}"
        for attempt in ("01", "02")
        for number in ("000001", "000002")
    }
    driver = f"containers/{APPLICATION}/{CONTAINER}_01_000001"
    more = {f"{driver}/stdout.gz": "printed", f"{driver}/prelaunch.out.gz": "of YARN"}
    place = write_logs(client, checkout, FORGOTTEN, {**files, **more})
    lines = run(checkout, "logs", "--cluster", FORGOTTEN, "--application", APPLICATION).stdout.splitlines()
    assert [line.strip() for line in lines[4:] if line.startswith("  ")] == [
        "01 000001",
        "printed",
        "02 000001",
        "01 000002",
    ]
    assert lines[-1] == f"and 1 more folder in {place}"

    unknown = run(checkout, "logs", "--cluster", FORGOTTEN, "--application", "application_1764479000000_0009")
    assert unknown.returncode == 2
    assert f"Applications with log files, newest first: {APPLICATION}. " in unknown.stderr


def test_bootstrap_actions_of_another_cluster_that_emr_has_forgotten_are_read(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "bootstraps", embedded_aws)
    place = write_logs(
        client,
        checkout,
        FORGOTTEN,
        {
            "node/i-0b/bootstrap-actions/1/stderr.gz": "of b\n",
            "node/i-0a/bootstrap-actions/1/controller.gz": "of a\n",
            "node/i-0a/applications/spark/spark.log.gz": "daemon\n",
        },
    )
    done = run(checkout, "logs", "--bootstrap", "--cluster", FORGOTTEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2:] == [
        "  steps: unknown; EMR keeps terminated clusters for two months",
        "",
        f"{place}node/i-0a/bootstrap-actions/1/controller.gz, last lines:",
        "  of a",
        "",
        f"{place}node/i-0b/bootstrap-actions/1/stderr.gz, last lines:",
        "  of b",
    ]


def test_missing_log_files_are_explained(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "early", embedded_aws)
    none = run(checkout, "logs")
    assert none.returncode == 1
    assert none.stderr.startswith("error: early-local has no cluster. Deploy one with `cdk deploy 'local/early/emr'`, ")

    cluster = deploy(client, checkout.names())
    bucket = checkout.names().bucket("artifacts")
    undeployed = run(checkout, "logs")
    assert undeployed.returncode == 1
    assert f"bucket {bucket} does not exist" in undeployed.stderr

    place = write_logs(client, checkout, cluster, {})
    assert "  no step failed\n" in run(checkout, "logs").stdout
    (step,) = add_steps(client, cluster, "load")
    for options in (("--step", step), ("--application", APPLICATION), ("--bootstrap",)):
        early = run(checkout, "logs", *options)
        assert early.returncode == 1
        assert early.stdout == ""
        assert early.stderr == (
            f"error: there are no such log files below {place}. EMR writes them about every 5 minutes, and they expire "
            "after 50 days.\n"
        )
    unknown = run(checkout, "logs", "--step", "s-UNKNOWN")
    assert unknown.returncode == 2
    assert unknown.stderr == (f"error: cluster {cluster} has no step s-UNKNOWN. Its steps, newest first: {step}.\n")
    foreign = run(checkout, "logs", "--cluster", "j-UNKNOWN")
    assert foreign.returncode == 1
    assert foreign.stderr.startswith("error: EMR does not know cluster j-UNKNOWN in eu-south-2, and there are no log ")


def test_the_logs_of_a_cluster_are_found_by_its_name(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    parameters = f"{EMR}  clusters: {{large: {{}}}}\n"
    checkout = checkout_of(tmp_path, "logsbyname", embedded_aws, parameters=parameters)
    main = deploy(client, checkout.names(), named=["large"])
    large = cluster_id(client, checkout.names(), named_cluster_id("large"))
    make_bucket(client("s3"), checkout.names().bucket("artifacts"))
    assert f"  cluster {large}, logs in " in run(checkout, "logs", "--cluster", "large").stdout
    assert f"  cluster {main}, logs in " in run(checkout, "logs").stdout
    unknown = run(checkout, "logs", "--cluster", "larg")
    assert unknown.returncode == 2
    assert "logsbyname has no cluster larg in local; its clusters: main, large." in unknown.stderr


def test_log_files_that_cannot_be_read_are_explained(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "refused", embedded_aws)
    place = write_logs(client, checkout, FORGOTTEN, {})
    bucket, key = checkout.names().bucket("artifacts"), f"emr-logs/{FORGOTTEN}/steps/{STEP}/stderr.gz"
    client("s3").put_object(Bucket=bucket, Key=key, Body=gzip.compress(b"line\n" * 1000)[:-12])
    damaged = run(checkout, "logs", "--cluster", FORGOTTEN, "--step", STEP)
    assert damaged.returncode == 1
    assert damaged.stderr.startswith(f"error: {place}steps/{STEP}/stderr.gz is not a complete gzip file (")

    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    denied = run(checkout, "logs", "--cluster", FORGOTTEN, "--step", STEP)
    assert denied.returncode == 1
    assert denied.stderr == (
        f"error: you may not read {place}: GetObject was denied. Use credentials with s3:ListBucket on bucket "
        f"{bucket}, s3:GetObject on its objects and kms:Decrypt on its key.\n"
    )


def test_a_large_log_file_is_read_up_to_a_limit(
    tmp_path: Path, embedded_aws: aws.Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_of(tmp_path, "large", embedded_aws)
    # In two parts, as gzip files that were appended to.
    place = write_logs(client, checkout, FORGOTTEN, {})
    bucket, key = checkout.names().bucket("artifacts"), f"emr-logs/{FORGOTTEN}/steps/{STEP}/stderr.gz"
    parts = gzip.compress(b"x" * 2500 + b"\n"), gzip.compress(b"y\n" * 750)
    client("s3").put_object(Bucket=bucket, Key=key, Body=b"".join(parts))
    logs = ClusterLogs(s3=client("s3"), bucket=bucket, cluster_id=FORGOTTEN)
    for limit, is_complete, last in ((4001, True, "y"), (3999, False, "y"), (2500, False, "x" * 500)):
        monkeypatch.setattr("mlproject.cluster.logs._UNPACKED_BYTES", limit)
        file = LogFile(uri=f"{place}steps/{STEP}/stderr.gz", lines=(last,), is_complete=is_complete)
        assert logs.read(logs.of_step(STEP), lines=1) == (file,)
    shown = run(checkout, "logs", "--cluster", FORGOTTEN, "--step", STEP).stdout
    assert f"{file.uri}, last lines (only its first 256 MB; copy the file to read its end):\n" in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--step", "../x"), "--step ../x: give an id such as s-2M7C8WQ5TR3JH."),
        (
            ("--cluster", "Large"),
            "--cluster Large: give an id such as j-2AXXXXXXGAPLF, or the name of a cluster in project.yaml.",
        ),
        (("--application", "1"), "--application 1: give an id such as application_1764479000000_0001."),
        (
            ("--step", "s-1", "--bootstrap"),
            "--step, --application and --bootstrap exclude each other: give one of them.",
        ),
    ],
    ids=["step", "cluster", "application", "two"],
)
def test_wrong_options_are_rejected(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    checkout = Checkout(root=tmp_path, project="any")
    done = run(checkout, "logs", *options)
    assert (done.returncode, done.stderr) == (2, f"error: {words}\n")
