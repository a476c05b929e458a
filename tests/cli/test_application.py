"""`mlproject application` on the embedded AWS: the state of an application, its jobs, its start and stop."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest

import embedded_aws as aws
from mlproject.cli.common.application_change import stop_changed_application
from mlproject.cli.common.plan import Plan
from mlproject.cli.common.session import Session
from mlproject.deployment import StackChanges
from mlproject.errors import UserError
from mlproject.parameters import Deployment, load_parameters
from tests.cli.checkout import Checkout, lay_out
from tests.cluster.cluster_stack import Client, clients
from tests.embedded_aws.test_internal_api import call

pytestmark = pytest.mark.slow

ROLE = f"arn:aws:iam::{aws.ACCOUNT}:role/jobs"
JOB = {"sparkSubmit": {"entryPoint": "s3://bucket/late.py"}}


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


def checkout_of(root: Path, project: str, server: aws.Server, *, parameters: str = "emr_serverless: {}\n") -> Checkout:
    """A checkout with one project that defines an application."""
    checkout = lay_out(root, project=project, server=server)
    file = root / "projects" / project / "project.yaml"
    file.write_text(file.read_text() + parameters)
    return checkout


def create(client: Client, checkout: Checkout) -> str:
    """Create an application as the stack does, and return its id."""
    names = checkout.names()
    application = client("emr-serverless").create_application(
        name=names.prefix,
        type="SPARK",
        releaseLabel="emr-7.13.0",
        architecture="ARM64",
        maximumCapacity={"cpu": "16 vCPU", "memory": "64 GB"},
        autoStopConfiguration={"enabled": True, "idleTimeoutMinutes": 20},
        clientToken=names.prefix,
    )["applicationId"]
    parameter = names.parameter("emr-serverless-application")
    client("ssm").put_parameter(Name=parameter, Value=application, Type="String")
    return str(application)


def start_job(client: Client, application: str, name: str) -> dict[str, Any]:
    run: dict[str, Any] = client("emr-serverless").start_job_run(
        applicationId=application, executionRoleArn=ROLE, jobDriver=JOB, name=name, clientToken=name
    )
    return run


def run(checkout: Checkout, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
    return checkout.run("application", verb, checkout.project, "--environment", "local", *options)


def state(client: Client, application: str) -> str:
    about = client("emr-serverless").get_application(applicationId=application)["application"]
    return str(about["state"])


def test_an_application_is_shown_started_and_stopped(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "serverless-life", embedded_aws)
    application = create(client, checkout)
    heading = f"serverless-life-local, account {aws.ACCOUNT}, eu-south-2:"
    about = f"  application {application} (serverless-life-local, emr-7.13.0, ARM64)"
    capacity = "  capacity: at most 16 vCPU, 64 GB for all jobs together"
    options = "serverless-life --environment local"
    assert run(checkout, "status").stdout.splitlines() == [
        heading,
        f"{about}: CREATED",
        capacity,
        f"  it starts with the next job, or with `mlproject application start {options}`",
        "  running jobs: none",
    ]
    assert run(checkout, "start").stdout.splitlines() == [
        heading,
        f"{about}: STARTED",
        capacity,
        "  it stops after 20 minutes without jobs",
        "  running jobs: none",
    ]
    assert run(checkout, "start").returncode == 0
    assert state(client, application) == "STARTED"
    stopped = run(checkout, "stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert stopped.stdout.splitlines()[1] == f"{about}: STOPPED"
    assert run(checkout, "stop").returncode == 0
    assert state(client, application) == "STOPPED"


def test_a_running_job_keeps_the_application_from_being_stopped_and_a_failed_one_shows_its_logs(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "serverless-jobs", embedded_aws)
    application = create(client, checkout)
    failed, running = (start_job(client, application, name) for name in ("first", "second"))
    record = {"arn": failed["arn"], "state": "FAILED", "details": "ValueError: no rows"}
    assert call(embedded_aws, "PUT", "job-runs", record)[0] == 204
    lines = run(checkout, "status").stdout.splitlines()
    assert "  running jobs: 1" in lines
    texts = [line.partition("UTC  ")[2] or line.strip() for line in lines[lines.index("  running jobs: 1") + 1 :]]
    logs = f"s3://{checkout.names().bucket('artifacts')}/emr-logs/applications/{application}/jobs/{failed['jobRunId']}"
    assert f"{running['jobRunId']} second: SUBMITTED" in texts
    at = texts.index(f"{failed['jobRunId']} first: FAILED")
    assert texts[at + 1 : at + 3] == ["ValueError: no rows", f"logs: {logs}/SPARK_DRIVER/"]
    refused = run(checkout, "stop")
    assert refused.returncode == 1
    assert f"was not stopped, since jobs are running: {running['jobRunId']}." in refused.stderr
    assert state(client, application) == "STARTED"
    client("emr-serverless").cancel_job_run(applicationId=application, jobRunId=running["jobRunId"])
    assert run(checkout, "stop").returncode == 0
    assert state(client, application) == "STOPPED"


def test_an_application_that_somebody_has_deleted_is_told(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "serverless-lost", embedded_aws)
    client("emr-serverless").delete_application(applicationId=create(client, checkout))
    lines = run(checkout, "status").stdout.splitlines()
    again = "`mlproject destroy serverless-lost --environment local --stack emr-serverless` and a deployment create it"
    assert lines[1].endswith(": TERMINATED")
    assert lines[3] == f"  it is deleted. {again} again"


def deploy(client: Client, checkout: Checkout) -> str:
    """Deploy a stack with an application, as small as `mlproject destroy` needs it, and return its id."""
    names = checkout.names()
    kind, properties = "AWS::EMRServerless::Application", {"Type": "SPARK", "ReleaseLabel": "emr-7.13.0"}
    parameter = {"Name": names.parameter("emr-serverless-application"), "Type": "String"}
    resources = {
        "Application": {"Type": kind, "Properties": {**properties, "Name": names.prefix}},
        "Id": {"Type": "AWS::SSM::Parameter", "Properties": {**parameter, "Value": {"Ref": "Application"}}},
    }
    client("cloudformation").create_stack(
        StackName=names.stack("emr-serverless"),
        TemplateBody=json.dumps({"Resources": resources}),
        Tags=[{"Key": "project", "Value": names.project}, {"Key": "environment", "Value": names.environment}],
    )
    return str(client("ssm").get_parameter(Name=parameter["Name"])["Parameter"]["Value"])


def test_destroy_stops_a_started_application_unless_jobs_are_running(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "serverless-gone", embedded_aws)
    application = deploy(client, checkout)
    job = start_job(client, application, "last")
    arguments = ("destroy", "serverless-gone", "--environment", "local", "--stack", "emr-serverless", "--yes")
    refused = checkout.run(*arguments)
    assert refused.returncode == 1
    assert "was not stopped, since jobs are running" in refused.stderr
    assert state(client, application) == "STARTED"
    client("emr-serverless").cancel_job_run(applicationId=application, jobRunId=job["jobRunId"])
    done = checkout.run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "deleted serverless-gone-local-emr-serverless" in done.stdout
    assert state(client, application) == "TERMINATED"


def planned(client: Client, checkout: Checkout, **properties: Any) -> Plan:
    """Return what a deployment would do that changes properties of the application."""
    names = checkout.names()
    stack, change_set = names.stack("emr-serverless"), "changes"
    template = client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    resources["Application"]["Properties"].update(properties)
    client("cloudformation").create_change_set(
        StackName=stack, ChangeSetName=change_set, TemplateBody=json.dumps({"Resources": resources})
    )
    found = client("cloudformation").describe_change_set(StackName=stack, ChangeSetName=change_set)
    changes = tuple(each["ResourceChange"] for each in found["Changes"])
    assert [each["LogicalResourceId"] for each in changes] == ["Application"]
    client("cloudformation").delete_change_set(StackName=stack, ChangeSetName=change_set)
    planned_stack = StackChanges(path=f"{names.path}/emr-serverless", is_new=False, changes=changes)
    return Plan(stacks=(planned_stack,), consequences=(), obsolete=(), existing=(), deployed={})


def test_a_deployment_stops_an_application_that_it_changes_unless_jobs_are_running(
    tmp_path: Path, embedded_aws: aws.Server, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = checkout_of(tmp_path, "serverless-changed", embedded_aws)
    application = deploy(client, checkout)
    deployment = load_parameters(tmp_path).deployment("serverless-changed", "local")
    session = clients_session(embedded_aws, deployment)
    capacity = planned(client, checkout, MaximumCapacity={"Cpu": "32 vCPU", "Memory": "128 GB"})
    tags = planned(client, checkout, Tags=[{"Key": "team", "Value": "rides"}])
    none = Plan(stacks=(), consequences=(), obsolete=(), existing=(), deployed={})
    job = start_job(client, application, "last")
    for harmless in (tags, none):
        stop_changed_application(harmless, deployment, session)
    with pytest.raises(UserError, match="was not stopped, since jobs are running"):
        stop_changed_application(capacity, deployment, session)
    assert state(client, application) == "STARTED"
    client("emr-serverless").cancel_job_run(applicationId=application, jobRunId=job["jobRunId"])
    capsys.readouterr()
    for _ in range(2):  # the second time, it is stopped already
        stop_changed_application(capacity, deployment, session)
    assert capsys.readouterr().out == "$ mlproject application stop serverless-changed --environment local\n"
    assert state(client, application) == "STOPPED"


def clients_session(server: aws.Server, deployment: Deployment) -> Session:
    """Return the clients of the environment's administrator, as the command creates them."""
    variables = server.environment(aws.ACCOUNT, deployment.environment.region)
    keys = variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]
    region = deployment.environment.region
    return Session(
        account=aws.ACCOUNT,
        region=region,
        endpoint=server.endpoint,
        boto3_session=boto3.Session(*keys, region_name=region),
    )


def test_the_status_is_available_as_json(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "serverless-json", embedded_aws)
    application = create(client, checkout)
    job = start_job(client, application, "only")
    found = json.loads(run(checkout, "status", "--json").stdout)
    (shown,) = found.pop("jobs")
    assert (shown["job_run_id"], shown["state"]) == (job["jobRunId"], "SUBMITTED")
    assert found == {
        "project": "serverless-json",
        "environment": "local",
        "application_id": application,
        "name": "serverless-json-local",
        "release": "emr-7.13.0",
        "architecture": "ARM64",
        "state": "STARTED",
        "reason": "",
        "maximum": "16 vCPU, 64 GB",
        "idle_minutes": 20,
        "is_stopped": False,
    }


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ("", 2, "has no EMR Serverless application in local. To add one, define `emr_serverless:`"),
        ("emr_serverless: {}\n", 1, "is not deployed. To create it, run `cdk deploy 'local/none-yet/emr-serverless'`"),
    ],
)
def test_without_an_application_the_command_says_how_to_get_one(
    tmp_path: Path, embedded_aws: aws.Server, parameters: str, code: int, message: str
) -> None:
    checkout = checkout_of(tmp_path, "none-yet", embedded_aws, parameters=parameters)
    done = run(checkout, "status")
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
