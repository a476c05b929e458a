"""Run an EMRServerless step: its Spark job on Spark of this machine, with the job's execution role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.runner.plan import Node
from mlproject.runner.services import StepServices
from mlproject.runner.steps.emr_serverless_arguments import job_arguments
from mlproject.runner.steps.outcome import Outcome
from mlproject.runner.steps.run_context import RunContext
from mlproject.runner.steps.spark_process import run_spark_submit


def run_emr_serverless_step(
    context: RunContext, node: Node, arguments: Mapping[str, Any], services: StepServices
) -> Outcome:
    """Run an EMRServerless step until it ends. Its result is never reused, since what Spark reads is not known.

    Raises:
        StepFailedError: the job failed.
        UserError: the application does not exist or cannot be created, or the pipeline's role may not use it.
    """
    with services.job_run(context.role_arn, node.name, arguments) as run:
        run_spark_submit(context, node, job_arguments(arguments), variables=run.variables)
    config = arguments["JobConfig"]
    return Outcome(
        properties={
            "jobRun": {
                "applicationId": run.application_id,
                "jobRunId": run.job_run_id,
                "executionRole": config["executionRoleArn"],
                "jobDriver": config["jobDriver"],
                "state": "SUCCESS",
            }
        },
        metadata={"EMRServerless": {"ApplicationId": run.application_id, "JobRunId": run.job_run_id}},
    )
