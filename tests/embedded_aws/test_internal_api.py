"""The internal calls of the embedded AWS, over HTTP, as the runner makes them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws

REGION = "eu-west-1"
DEFINITION = json.dumps({"Version": "2020-12-01", "Steps": []})

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client(embedded_aws: aws.Server) -> Client:
    """Clients of the worker's server."""
    keys = embedded_aws.administrator
    session = boto3.Session(keys.access_key_id, keys.secret_access_key, region_name=REGION)
    return lambda service: session.client(service, endpoint_url=embedded_aws.endpoint)


def call(server: aws.Server, method: str, name: str, body: Any = None) -> tuple[int, Any]:
    """Status and answer of an internal call."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    url = f"{server.endpoint}/_embedded/{name}"
    headers = aws.signed(server.administrator, method, url, data or b"")
    request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            content = answer.read()
            return answer.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def make_role(client: Client, name: str, service: str) -> str:
    """A role that trusts a service; returns its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }
    arn: str = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    return arn


def test_health_names_the_process_and_its_folder(embedded_aws: aws.Server) -> None:
    status, health = call(embedded_aws, "GET", "health")
    assert status == 200
    assert (health["pid"], health["folder"]) == (embedded_aws.pid, str(embedded_aws.folder))
    assert health["moto"].startswith("5.")


def test_the_server_tells_the_same_stand_ins_as_the_code(embedded_aws: aws.Server) -> None:
    told = [
        aws.MotoAddition(**each)
        for each in aws.ask(embedded_aws.port, "moto-additions", administrator=embedded_aws.administrator, timeout=60)
    ]
    assert tuple(told) == aws.moto_additions()
    assert told


def test_a_trusted_service_gets_credentials_that_are_the_roles(embedded_aws: aws.Server, client: Client) -> None:
    role = make_role(client, "internal-api-trusted", "sagemaker.amazonaws.com")
    request = {"role_arn": role, "service": "sagemaker.amazonaws.com", "region": REGION}

    status, given = call(embedded_aws, "POST", "service-credentials", request)

    assert status == 200
    assert given.keys() == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION)
    identity = session.client("sts", endpoint_url=embedded_aws.endpoint).get_caller_identity()
    assert ":assumed-role/internal-api-trusted/" in identity["Arn"]


def test_a_service_that_the_role_does_not_trust_is_refused_by_name(embedded_aws: aws.Server, client: Client) -> None:
    role = make_role(client, "internal-api-untrusted", "lambda.amazonaws.com")
    request = {"role_arn": role, "service": "sagemaker.amazonaws.com", "region": REGION}

    status, refusal = call(embedded_aws, "POST", "service-credentials", request)

    assert status == 403
    assert role in refusal["message"]
    assert "sagemaker.amazonaws.com" in refusal["message"]


def test_credentials_of_a_role_that_does_not_exist_are_not_found(embedded_aws: aws.Server) -> None:
    role = f"arn:aws:iam::{aws.ACCOUNT}:role/internal-api-missing"
    request = {"role_arn": role, "service": "sagemaker.amazonaws.com", "region": REGION}
    status, refusal = call(embedded_aws, "POST", "service-credentials", request)
    assert status == 404
    assert role in refusal["message"]


def test_sagemaker_shows_the_steps_that_were_recorded(embedded_aws: aws.Server, client: Client) -> None:
    sagemaker = client("sagemaker")
    role = f"arn:aws:iam::{aws.ACCOUNT}:role/any"
    sagemaker.create_pipeline(PipelineName="recorded", PipelineDefinition=DEFINITION, RoleArn=role)
    arn = sagemaker.start_pipeline_execution(PipelineName="recorded")["PipelineExecutionArn"]
    step = {"StepName": "Prepare", "StepStatus": "Failed", "StartTime": "2026-01-02T03:04:05+00:00"}
    record = {"arn": arn, "region": REGION, "status": "Failed", "failure_reason": "no flights", "steps": [step]}

    assert call(embedded_aws, "PUT", "pipeline-executions", record) == (204, None)

    (shown,) = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert (shown["StepName"], shown["StepStatus"]) == ("Prepare", "Failed")
    assert shown["StartTime"].isoformat() == "2026-01-02T03:04:05+00:00"
    execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert (execution["PipelineExecutionStatus"], execution["FailureReason"]) == ("Failed", "no flights")


def test_a_record_of_an_unknown_execution_is_not_found(embedded_aws: aws.Server) -> None:
    arn = f"arn:aws:sagemaker:{REGION}:{aws.ACCOUNT}:pipeline/none/execution/abc"
    record = {"arn": arn, "region": REGION, "status": "Failed", "steps": []}
    status, refusal = call(embedded_aws, "PUT", "pipeline-executions", record)
    assert status == 404
    assert arn in refusal["message"]


@pytest.mark.parametrize(
    ("method", "name", "body", "refusal"),
    [
        ("GET", "nothing", None, (404, "no such internal call; there are: GET /_embedded/health")),
        ("GET", "service-credentials", None, (404, "POST /_embedded/service-credentials")),
        ("POST", "service-credentials", b"{", (400, "the body is no JSON")),
        ("POST", "service-credentials", [], (400, "the body is no JSON object")),
        ("POST", "service-credentials", {"role_arn": "x"}, (400, "needs a text for service, region")),
        ("POST", "service-credentials", {"role_arn": 1, "service": "x", "region": "y"}, (400, "a text for role_arn")),
        ("PUT", "pipeline-executions", {"arn": "x"}, (400, "needs a text for region")),
        ("PUT", "pipeline-executions", {"region": REGION}, (400, "lacks arn, status, steps")),
        ("PUT", "pipeline-executions", {"region": REGION, "arn": "x", "status": "Fine", "steps": []}, (400, "Fine")),
    ],
)
def test_a_wrong_call_is_refused_in_words(
    embedded_aws: aws.Server, method: str, name: str, body: Any, refusal: tuple[int, str]
) -> None:
    status, answer = call(embedded_aws, method, name, body)
    assert status == refusal[0]
    assert refusal[1] in answer["message"]


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("sagemaker", "list_edge_packaging_jobs", {}),
        ("iam", "get_organizations_access_report", {"JobId": "0" * 36}),
    ],
)
def test_an_operation_that_moto_lacks_is_an_error_in_the_services_shape_and_not_retried(
    embedded_aws: aws.Server, client: Client, service: str, operation: str, arguments: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(client(service), operation)(**arguments)
    error = refused.value.response
    assert error["Error"]["Code"] == "NotImplemented"
    assert error["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_log_has_a_line_per_request_with_its_operation(embedded_aws: aws.Server, client: Client) -> None:
    client("sagemaker").list_notebook_instances()
    client("iam").list_saml_providers()
    lines = embedded_aws.log.read_text().splitlines()
    assert len([line for line in lines if " sagemaker:ListNotebookInstances 200 " in line]) == 1
    assert len([line for line in lines if " iam:ListSAMLProviders 200 " in line]) == 1


def test_the_outcome_of_a_job_of_emr_serverless_is_recorded(embedded_aws: aws.Server, client: Client) -> None:
    serverless = client("emr-serverless")
    application = serverless.create_application(
        name="recorded", type="SPARK", releaseLabel="emr-7.13.0", clientToken="recorded"
    )["applicationId"]
    run = serverless.start_job_run(
        applicationId=application,
        executionRoleArn=make_role(client, "recorded-jobs", "emr-serverless.amazonaws.com"),
        jobDriver={"sparkSubmit": {"entryPoint": "s3://bucket/a.py"}},
        clientToken="recorded",
    )
    named = {"applicationId": application, "jobRunId": run["jobRunId"]}
    assert serverless.get_job_run(**named)["jobRun"]["state"] == "SUBMITTED"
    record = {"arn": run["arn"], "state": "FAILED", "details": "x" * 300}
    assert call(embedded_aws, "PUT", "job-runs", record) == (204, None)
    shown = serverless.get_job_run(**named)["jobRun"]
    assert (shown["state"], shown["stateDetails"]) == ("FAILED", "x" * 256)
    status, answer = call(embedded_aws, "PUT", "job-runs", {**record, "state": "DONE"})
    assert (status, "'DONE' is no state of a job run" in answer["message"]) == (400, True)
    for unknown in (run["arn"].replace(run["jobRunId"], "00unknown"), "arn:of:nothing"):
        status, answer = call(embedded_aws, "PUT", "job-runs", {**record, "arn": unknown})
        assert (status, answer["message"]) == (404, f"there is no job run {unknown}")
