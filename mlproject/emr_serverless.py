"""A project's EMR Serverless application: its status, its newest jobs, and its start and stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.aws_rules.emr_serverless import APPLICATION_PARAMETER
from mlproject.errors import UserError
from mlproject.names import Names

# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_Application.html (state)
_DELETED = "TERMINATED"
_STOPPED_STATES = frozenset({"CREATED", "STOPPED", _DELETED})
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_JobRun.html (state)
_ENDED_STATES = frozenset({"SUCCESS", "FAILED", "CANCELLED"})
_NEWEST_JOBS = 5


@dataclass(frozen=True, kw_only=True)
class JobStatus:
    """A job run, as described by EMR Serverless.

    Args:
        job_run_id: id of the job run.
        name: its name, or an empty string.
        state: such as `RUNNING`.
        reason: why it failed, or an empty string.
        created: time at which it was started.
        log_uri: S3 URI of the log files of its driver, which exist after a few minutes.
    """

    job_run_id: str
    name: str
    state: str
    reason: str
    created: datetime
    log_uri: str

    @property
    def is_running(self) -> bool:
        """Whether the job has not ended."""
        return self.state not in _ENDED_STATES


@dataclass(frozen=True, kw_only=True)
class ApplicationStatus:
    """The status of an application, as described by EMR Serverless.

    Args:
        application_id: id of the application.
        name: its name.
        release: EMR release, such as `emr-7.13.0`.
        architecture: `X86_64` or `ARM64`.
        state: such as `STARTED`.
        reason: what EMR Serverless says about the state, or an empty string.
        maximum: the most that its jobs use together, such as `16 vCPU, 64 GB`.
        idle_minutes: minutes without jobs after which it stops, or None if it does not.
        jobs: the newest jobs, and all that are running, newest first.
    """

    application_id: str
    name: str
    release: str
    architecture: str
    state: str
    reason: str
    maximum: str
    idle_minutes: int | None
    jobs: tuple[JobStatus, ...]

    @property
    def is_stopped(self) -> bool:
        """Whether it is not started, so that CloudFormation can change or delete it."""
        return self.state in _STOPPED_STATES

    @property
    def is_deleted(self) -> bool:
        """Whether somebody has deleted it, of which CloudFormation knows nothing."""
        return self.state == _DELETED

    @property
    def running(self) -> tuple[JobStatus, ...]:
        """The jobs that have not ended."""
        return tuple(job for job in self.jobs if job.is_running)


def describe_application(names: Names, client: Callable[[str], Any]) -> ApplicationStatus | None:
    """Return the status of a project's application, or None if it is not deployed.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
    """
    application_id = find_application(names, client)
    if application_id is None:
        return None
    emr = client("emr-serverless")
    about = emr.get_application(applicationId=application_id)["application"]
    stops = about.get("autoStopConfiguration", {})
    return ApplicationStatus(
        application_id=application_id,
        name=about.get("name", ""),
        release=about["releaseLabel"],
        architecture=about.get("architecture", "X86_64"),
        state=about["state"],
        reason=about.get("stateDetails", ""),
        maximum=", ".join(about.get("maximumCapacity", {}).values()),
        idle_minutes=stops.get("idleTimeoutMinutes") if stops.get("enabled", True) else None,
        jobs=_jobs(emr, names, application_id),
    )


def find_application(names: Names, client: Callable[[str], Any]) -> str | None:
    """Return the id of a project's application, or None if it is not deployed."""
    try:
        found = client("ssm").get_parameter(Name=names.parameter(APPLICATION_PARAMETER))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return None
    return str(found["Parameter"]["Value"])


def start_application(client: Callable[[str], Any], application_id: str, *, wait: Callable[[], None]) -> None:
    """Start an application and wait until it is started.

    Args:
        client: returns the boto3 client of a service.
        application_id: id of the application.
        wait: called before each further look at the state.
    """
    emr = client("emr-serverless")
    emr.start_application(applicationId=application_id)
    while _state(emr, application_id) == "STARTING":
        wait()


def stop_application(client: Callable[[str], Any], status: ApplicationStatus, *, wait: Callable[[], None]) -> None:
    """Stop an application and wait until it is stopped.

    https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StopApplication.html

    Args:
        client: returns the boto3 client of a service.
        status: its status.
        wait: called before each further look at the state.

    Raises:
        UserError: jobs are running, which must end first.
    """
    application_id = status.application_id
    if status.running:
        jobs = ", ".join(job.job_run_id for job in status.running)
        raise UserError(
            f"application {application_id} was not stopped, since jobs are running: {jobs}. Wait until they have "
            "ended, or cancel each with `aws emr-serverless cancel-job-run "
            f"--application-id {application_id} --job-run-id ID`.",
            exit_code=1,
        )
    emr = client("emr-serverless")
    if status.state != "STOPPING":
        emr.stop_application(applicationId=application_id)
    while _state(emr, application_id) == "STOPPING":
        wait()


def _state(emr: Any, application_id: str) -> str:
    return str(emr.get_application(applicationId=application_id)["application"]["state"])


def _jobs(emr: Any, names: Names, application_id: str) -> tuple[JobStatus, ...]:
    """Return the newest jobs and all running ones, newest first. In which order AWS lists them is not documented."""
    pages = emr.get_paginator("list_job_runs").paginate(applicationId=application_id)
    jobs = [_job(run, names) for page in pages for run in page["jobRuns"]]
    newest_first = sorted(jobs, key=lambda job: job.created, reverse=True)
    return tuple(job for place, job in enumerate(newest_first) if place < _NEWEST_JOBS or job.is_running)


def _job(run: dict[str, Any], names: Names) -> JobStatus:
    """Where the logs are: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html"""
    logs = f"s3://{names.bucket('artifacts')}/{LOGS_PREFIX}applications/{run['applicationId']}/jobs/{run['id']}"
    return JobStatus(
        job_run_id=run["id"],
        name=run.get("name") or "",
        state=run["state"],
        reason=run.get("stateDetails") or "",
        created=run["createdAt"],
        log_uri=f"{logs}/SPARK_DRIVER/",
    )
