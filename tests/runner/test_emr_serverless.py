"""EMRServerless steps without Spark: their `spark-submit`, what is refused, and their job runs in the embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

import embedded_aws as aws
from mlproject.errors import UserError
from mlproject.runner import EmbeddedAws
from mlproject.runner.steps.emr_serverless_arguments import job_arguments, unsupported_serverless_reasons
from mlproject.runner.steps.outcome import StepFailedError

REGION = "eu-west-1"
SCRIPT = "s3://team/code/late.py"


def step_arguments(job: Mapping[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    spark = {"entryPoint": SCRIPT, "entryPointArguments": ["--data", "s3://team/in/"], **(job or {})}
    return {"JobConfig": {"jobDriver": {"sparkSubmit": spark}, **config}}


def overrides(*configurations: Mapping[str, Any]) -> dict[str, Any]:
    return {"configurationOverrides": {"applicationConfiguration": list(configurations)}}


def test_a_job_is_a_spark_submit_whose_own_parameters_come_after_those_of_the_configuration() -> None:
    defaults = {"classification": "spark-defaults", "properties": {"spark.sql.shuffle.partitions": "4"}}
    job = {"sparkSubmitParameters": "--conf spark.executor.cores=2 --conf 'spark.app.name=two words' --verbose"}
    assert job_arguments(step_arguments(job, **overrides(defaults))) == [
        "--conf", "spark.sql.shuffle.partitions=4",
        "--conf", "spark.executor.cores=2", "--conf", "spark.app.name=two words", "--verbose",
        SCRIPT, "--data", "s3://team/in/",
    ]  # fmt: skip
    assert job_arguments({"JobConfig": {"jobDriver": {"sparkSubmit": {"entryPoint": SCRIPT}}}}) == [SCRIPT]


def test_a_job_of_hive_and_a_configuration_of_more_than_spark_are_refused_by_name() -> None:
    hive = {"JobConfig": {"jobDriver": {"hive": {"query": "s3://team/query.sql"}}}}
    assert list(unsupported_serverless_reasons(hive)) == ["its jobDriver is hive; supported: sparkSubmit"]
    log = {"classification": "spark-driver-log4j2", "properties": {"rootLogger.level": "debug"}}
    assert list(unsupported_serverless_reasons(step_arguments(**overrides(log)))) == [
        "its applicationConfiguration has spark-driver-log4j2; supported: spark-defaults"
    ]
    assert list(unsupported_serverless_reasons(step_arguments())) == []


@pytest.fixture(scope="module")
def session(embedded_aws: aws.Server) -> Any:
    keys = embedded_aws.administrator
    return boto3.Session(keys.access_key_id, keys.secret_access_key, region_name=REGION)


@pytest.fixture
def services(embedded_aws: aws.Server, session: Any) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(endpoint=embedded_aws.endpoint, region=REGION, boto3_session=session) as made:
        yield made


class Team:
    """An application, the role of its jobs, and the role of a pipeline that may run jobs on it.

    Args:
        name: of everything.
    """

    def __init__(self, name: str, *, endpoint: str, session: Any) -> None:
        self.emr = session.client("emr-serverless", endpoint_url=endpoint)
        self._iam = session.client("iam", endpoint_url=endpoint)
        self.application = self.emr.create_application(
            name=name, type="SPARK", releaseLabel="emr-7.13.0", clientToken=name
        )["applicationId"]
        self.jobs = self._role(f"{name}-jobs", "emr-serverless.amazonaws.com")
        self.pipeline = self._role(f"{name}-pipeline", "sagemaker.amazonaws.com")

    def _role(self, name: str, service: str) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return str(self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"])

    def allow(self, *actions: str) -> None:
        """Let the pipeline's role do this on applications and job runs, and pass the role of the jobs."""
        applications = f"arn:aws:emr-serverless:{REGION}:{aws.ACCOUNT}:/applications/*"
        passing = {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": self.jobs,
            "Condition": {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}},
        }
        create = {"Effect": "Allow", "Action": "emr-serverless:CreateApplication", "Resource": "*"}
        own = {"Effect": "Allow", "Action": [f"emr-serverless:{each}" for each in actions], "Resource": applications}
        document = json.dumps({"Version": "2012-10-17", "Statement": [own, create, passing]})
        self._iam.put_role_policy(RoleName=self.pipeline.rpartition("/")[2], PolicyName="jobs", PolicyDocument=document)

    def arguments(self, **changed: Any) -> dict[str, Any]:
        given = step_arguments(executionRoleArn=self.jobs, name="Prepare")
        return {"ExecutionRoleArn": self.jobs, "ApplicationId": self.application, **given, **changed}

    def run(self, job_run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.emr.get_job_run(applicationId=self.application, jobRunId=job_run_id)["jobRun"]
        return found


JOBS = ("GetApplication", "GetJobRun", "StartJobRun")


def test_a_job_run_has_the_credentials_of_its_own_role_and_records_how_it_ended(
    embedded_aws: aws.Server, session: Any, services: EmbeddedAws
) -> None:
    team = Team("serverless-runs", endpoint=embedded_aws.endpoint, session=session)
    team.allow(*JOBS)
    step = services.for_step("Prepare")
    with step.job_run(team.pipeline, "Prepare", team.arguments()) as run:
        assert team.run(run.job_run_id)["state"] == "SUBMITTED"
        used = boto3.client(
            "sts",
            endpoint_url=embedded_aws.endpoint,
            region_name=REGION,
            aws_access_key_id=run.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=run.variables["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=run.variables["AWS_SESSION_TOKEN"],
        )
        assert ":assumed-role/serverless-runs-jobs/" in used.get_caller_identity()["Arn"]
    assert team.run(run.job_run_id)["state"] == "SUCCESS"
    assert team.run(run.job_run_id)["executionRole"] == team.jobs
    reason = "ValueError: no rows"
    with (
        pytest.raises(StepFailedError, match=reason),
        step.job_run(team.pipeline, "Prepare", team.arguments()) as failed,
    ):
        raise StepFailedError(reason)
    shown = team.run(failed.job_run_id)
    assert (shown["state"], shown["stateDetails"]) == ("FAILED", reason)
    with pytest.raises(KeyboardInterrupt), step.job_run(team.pipeline, "Prepare", team.arguments()) as stopped:
        raise KeyboardInterrupt
    assert team.run(stopped.job_run_id)["state"] == "CANCELLED"


def test_an_application_of_the_steps_own_is_deleted_after_it(
    embedded_aws: aws.Server, session: Any, services: EmbeddedAws
) -> None:
    team = Team("serverless-own", endpoint=embedded_aws.endpoint, session=session)
    team.allow(*JOBS, "DeleteApplication", "StopApplication")
    config = {"name": "of-the-step", "type": "SPARK", "releaseLabel": "emr-7.13.0"}
    arguments = team.arguments(ApplicationConfig=config)
    del arguments["ApplicationId"]
    with services.for_step("Prepare").job_run(team.pipeline, "Prepare", arguments) as run:
        assert run.application_id != team.application
        assert team.emr.get_application(applicationId=run.application_id)["application"]["state"] == "STARTED"
    assert team.emr.get_application(applicationId=run.application_id)["application"]["state"] == "TERMINATED"


@pytest.mark.provokes_denials
@pytest.mark.parametrize("case", ["without permission", "unknown"])
def test_a_job_that_cannot_start_is_told_with_the_reason(
    embedded_aws: aws.Server, session: Any, services: EmbeddedAws, case: str
) -> None:
    team = Team(f"serverless-{case.replace(' ', '-')}", endpoint=embedded_aws.endpoint, session=session)
    team.allow(*(each for each in JOBS if case == "unknown" or each != "StartJobRun"))
    changed = {"ApplicationId": "00unknown0000000"} if case == "unknown" else {}
    expected = "application 00unknown0000000" if case == "unknown" else "emr-serverless:StartJobRun"
    with (
        pytest.raises(UserError, match=expected),
        services.for_step("Prepare").job_run(team.pipeline, "Prepare", team.arguments(**changed)),
    ):
        pytest.fail("the job has started")
    assert team.emr.list_job_runs(applicationId=team.application)["jobRuns"] == []


@pytest.mark.provokes_denials
def test_a_role_is_passed_only_to_jobs_that_may_have_it(
    embedded_aws: aws.Server, session: Any, services: EmbeddedAws
) -> None:
    team = Team("serverless-passing", endpoint=embedded_aws.endpoint, session=session)
    team.allow(*JOBS)
    config = {**team.arguments()["JobConfig"], "executionRoleArn": team.pipeline}
    with (
        pytest.raises(UserError, match="iam:PassRole"),
        services.for_step("Prepare").job_run(team.pipeline, "Prepare", team.arguments(JobConfig=config)),
    ):
        pytest.fail("the job has started")
