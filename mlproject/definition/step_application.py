"""The EMR Serverless application on which Spark steps of a pipeline run, and the arguments of such a step.

As the SDK's EMRServerlessStep writes them (sagemaker.mlops.workflow.emr_serverless_step), with the request of
https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlproject.aws_rules.grants import role_arn
from mlproject.parameters import Deployment

APPLICATION_ID, JOB_ROLE = "ApplicationId", "ApplicationJobRole"
# Values of the stack of the project's application, and samples of them.
APPLICATION_PLACEHOLDERS = {
    APPLICATION_ID: "00abcdef12345678",
    JOB_ROLE: "arn:aws:iam::111111111111:role/flights-dev-emr-serverless",
}


def application_values(deployment: Deployment, *, partition: str, application_id: str) -> dict[str, str]:
    """Return the values of the placeholders; none for a project whose steps do not run on its application.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
        application_id: id of the application, which AWS assigns.
    """
    if deployment.spark_steps != "emr_serverless":
        return {}
    environment = deployment.environment
    return {
        APPLICATION_ID: application_id,
        JOB_ROLE: role_arn(
            partition=partition,
            account=environment.account,
            path=environment.role_path,
            name=deployment.names.role("emr-serverless"),
        ),
    }


def application_step_arguments(
    name: str, script: str, words: Sequence[Any], *, tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return the arguments of an EMRServerless step, with placeholders.

    Args:
        name: name of the step, which is also that of its job runs.
        script: S3 URI of the script.
        words: arguments of the script.
        tags: tags of the job runs.
    """
    application, role = f"${{{APPLICATION_ID}}}", f"${{{JOB_ROLE}}}"
    return {
        "ExecutionRoleArn": role,
        "ApplicationId": application,
        "JobConfig": {
            "executionRoleArn": role,
            "applicationId": application,
            "jobDriver": {"sparkSubmit": {"entryPoint": script, "entryPointArguments": list(words)}},
            "name": name,
            "tags": dict(tags),
        },
    }
