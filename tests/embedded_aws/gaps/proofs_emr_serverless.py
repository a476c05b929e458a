"""The proofs of the gaps in EMR Serverless."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, Services

ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs"
JOB = {"sparkSubmit": {"entryPoint": "s3://contract-code/first.py"}}


def created(services: Services, name: str, **settings: Any) -> str:
    client = services("emr-serverless")
    answer = client.create_application(name=name, releaseLabel="emr-7.12.0", type="SPARK", clientToken=name, **settings)
    return str(answer["applicationId"])


def shown(services: Services, application: str) -> dict[str, Any]:
    about: dict[str, Any] = services("emr-serverless").get_application(applicationId=application)["application"]
    return about


def run_job(services: Services, application: str) -> dict[str, Any]:
    run: dict[str, Any] = services("emr-serverless").start_job_run(
        applicationId=application, clientToken="once", executionRoleArn=ROLE, jobDriver=JOB
    )
    return run


@proves("EMRServerlessResponse.create_application")
def a_new_application_keeps_its_settings_and_is_not_started(services: Services, name: str) -> None:
    settings = {
        "architecture": "ARM64",
        "interactiveConfiguration": {"livyEndpointEnabled": True},
        "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://logs/"}},
        "runtimeConfiguration": [{"classification": "spark-defaults", "properties": {"spark.executor.cores": "4"}}],
    }
    about = shown(services, created(services, name, **settings))
    assert {key: about.get(key) for key in settings} == settings
    assert about["state"] == "CREATED"
    assert shown(services, created(services, name))["architecture"] == "X86_64"


@proves("EMRServerlessResponse.update_application")
def a_stopped_application_changes_and_a_started_one_is_not_changed(services: Services, name: str) -> None:
    client = services("emr-serverless")
    application = created(services, name, architecture="ARM64")
    client.stop_application(applicationId=application)
    changes = {"applicationId": application, "clientToken": "once", "releaseLabel": "emr-7.13.0"}
    client.update_application(**changes, interactiveConfiguration={"livyEndpointEnabled": True})
    about = shown(services, application)
    assert (about["releaseLabel"], about["architecture"]) == ("emr-7.13.0", "ARM64")
    assert about["interactiveConfiguration"] == {"livyEndpointEnabled": True}
    client.start_application(applicationId=application)
    refused("ValidationException", client.update_application, **changes)
    refused("ValidationException", client.delete_application, applicationId=application)


@proves("EMRServerlessBackend.start_job_run")
def a_job_starts_its_application_unless_it_may_not(services: Services, name: str) -> None:
    application = created(services, name)
    services("emr-serverless").stop_application(applicationId=application)
    run_job(services, application)
    assert shown(services, application)["state"] == "STARTED"
    by_hand = created(services, name, autoStartConfiguration={"enabled": False})
    services("emr-serverless").stop_application(applicationId=by_hand)
    refused("ValidationException", run_job, services=services, application=by_hand)


@proves("EMRServerlessBackend.list_job_runs")
def an_application_lists_its_runs_also_before_the_first_one(services: Services, name: str) -> None:
    client = services("emr-serverless")
    application = created(services, name)
    assert client.list_job_runs(applicationId=application)["jobRuns"] == []
    run = run_job(services, application)["jobRunId"]
    assert [each["id"] for each in client.list_job_runs(applicationId=application)["jobRuns"]] == [run]
    refused("ResourceNotFoundException", client.list_job_runs, applicationId="00unknown0000000")


@proves(
    "EMRServerlessResponse.tag_resource",
    "EMRServerlessResponse.untag_resource",
    "EMRServerlessResponse.list_tags_for_resource",
)
def applications_and_runs_have_tags(services: Services, name: str) -> None:
    client = services("emr-serverless")
    application = created(services, name, tags={"a": "1", "b": "1"})
    for arn in (shown(services, application)["arn"], run_job(services, application)["arn"]):
        client.tag_resource(resourceArn=arn, tags={"a": "2", "c": "1"})
        client.untag_resource(resourceArn=arn, tagKeys=["b"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "2", "c": "1"}
    unknown = shown(services, application)["arn"].replace(application, "00unknown0000000")
    refused("ResourceNotFoundException", client.list_tags_for_resource, resourceArn=unknown)
