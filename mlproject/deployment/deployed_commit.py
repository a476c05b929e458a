"""The commit that is deployed of a project in an environment, recorded in an SSM parameter.

A stack tag could hold it too, but CloudFormation propagates stack tags to the resources, so every commit would change
every resource: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from mlproject.names import project_parameter


def deployed_commit_parameter(*, project: str, environment: str) -> str:
    """Return the name of the SSM parameter, such as `/mlproject/dev/flights/deployed-commit`."""
    return project_parameter(environment, project, "deployed-commit")


def read_deployed_commit(client: Callable[[str], Any], *, project: str, environment: str) -> str | None:
    """Return the commit of the last deployment that succeeded; None if none was recorded.

    Args:
        client: returns the boto3 client of a service.
        project: name of the project.
        environment: name of the environment.

    Returns:
        a commit's hash, with the suffix `-dirty` if the checkout had changes; `unknown` if it was no git checkout.
    """
    try:
        answer = client("ssm").get_parameter(Name=deployed_commit_parameter(project=project, environment=environment))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return None
    return str(answer["Parameter"]["Value"])


def write_deployed_commit(client: Callable[[str], Any], *, project: str, environment: str, commit: str) -> None:
    """Record the commit of a deployment that succeeded.

    Args:
        client: returns the boto3 client of a service.
        project: name of the project.
        environment: name of the environment.
        commit: a commit's hash, as returned by `mlproject.cli.common.commit.read_commit`.
    """
    client("ssm").put_parameter(
        Name=deployed_commit_parameter(project=project, environment=environment),
        Description="Commit of the last deployment that succeeded",
        Value=commit,
        Type="String",
        Overwrite=True,
    )


def delete_deployed_commit(client: Callable[[str], Any], *, project: str, environment: str) -> None:
    """Forget the deployed commit. Does nothing if none was recorded."""
    client("ssm").delete_parameters(Names=[deployed_commit_parameter(project=project, environment=environment)])
