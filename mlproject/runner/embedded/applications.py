"""The job runs of EMR Serverless in the embedded AWS, started with the pipeline's role as SageMaker Pipelines does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.storage.s3_store import translate_errors


@dataclass(frozen=True, kw_only=True)
class StartedJobRun:
    """A job run that an application has received.

    Args:
        application_id: such as `00abcdef12345678`.
        job_run_id: such as `00fedcba87654321`.
        arn: ARN of the job run.
        role_arn: role with which it runs.
    """

    application_id: str
    job_run_id: str
    arn: str
    role_arn: str


@contextmanager
def started_job_run(client: Any, name: str, arguments: Mapping[str, Any], *, endpoint: str) -> Iterator[StartedJobRun]:
    """Start a job run. An application of the step's own is created before and deleted after it.

    Args:
        client: a boto3 client of EMR Serverless with the credentials of the pipeline's role.
        name: name of the step.
        arguments: resolved arguments of the step.
        endpoint: the client's endpoint, for error messages.

    Raises:
        UserError: the application does not exist, is deleted or cannot be created, or the role may not use it.
    """
    config, own = arguments["JobConfig"], arguments.get("ApplicationConfig")
    with translate_errors(f"the application of step {name}", endpoint):
        application_id = _create(client, own) if own else str(arguments["ApplicationId"])
    try:
        with translate_errors(f"application {application_id}", endpoint):
            state = client.get_application(applicationId=application_id)["application"]["state"]
            if state == "TERMINATED":
                raise UserError(f"application {application_id} is deleted ({state}).", exit_code=1)
            request = {**config, "applicationId": application_id, "clientToken": str(uuid.uuid4())}
            run = client.start_job_run(**request)
            client.get_job_run(applicationId=application_id, jobRunId=run["jobRunId"])
        yield StartedJobRun(
            application_id=application_id,
            job_run_id=run["jobRunId"],
            arn=run["arn"],
            role_arn=config["executionRoleArn"],
        )
    finally:
        if own:
            with translate_errors(f"application {application_id}", endpoint):
                client.stop_application(applicationId=application_id)
                client.delete_application(applicationId=application_id)


def _create(client: Any, config: Mapping[str, Any]) -> str:
    return str(client.create_application(**{"clientToken": str(uuid.uuid4()), **config})["applicationId"])
