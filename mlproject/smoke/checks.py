"""All smoke checks of a deployed project, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from mlproject.definition import Definition
from mlproject.outcome import Outcome, problem
from mlproject.parameters import Deployment
from mlproject.smoke.alarms import check_alarms
from mlproject.smoke.application import check_application
from mlproject.smoke.cluster import check_clusters
from mlproject.smoke.notebooks import check_notebooks
from mlproject.smoke.pipeline import check_pipeline, check_pipeline_role
from mlproject.smoke.serving import check_serving
from mlproject.smoke.stacks import check_stacks

Client = Callable[[str], Any]
Check = Callable[[], Iterator[Outcome]]


def check_deployment(
    deployment: Deployment, client: Client, *, definition: Definition | None, is_deployed: bool = False
) -> Iterator[Outcome]:
    """Check whether a deployed project can be used. Nothing is changed or started.

    A check that AWS does not answer is a problem too, since a deployment that was not checked is not verified.

    Args:
        deployment: the project in the environment.
        client: returns the boto3 client of a service.
        definition: the committed definition of the project's pipeline, or None if it has no pipeline.
        is_deployed: whether the last deployment that succeeded is of the commit that is checked.
    """
    checks: dict[str, Check] = {"stacks": lambda: check_stacks(deployment, client, is_deployed=is_deployed)}
    if deployment.pipeline and definition:
        parameters = deployment.pipeline.parameters
        checks["pipeline"] = lambda: check_pipeline(deployment.names, definition, parameters, client)
        checks["pipeline role"] = lambda: check_pipeline_role(deployment.names, client)
    if deployment.notebooks:
        checks["notebooks"] = lambda: check_notebooks(deployment, client)
    if deployment.emr:
        checks["cluster"] = lambda: check_clusters(deployment.names, client, deployment.clusters)
    if deployment.emr_serverless:
        checks["application"] = lambda: check_application(deployment.names, client)
    if deployment.operations:
        checks["alarms"] = lambda: check_alarms(deployment.names, client)
    if (serving := deployment.serving) is not None:
        checks["serving"] = lambda: check_serving(deployment.names, serving, client)
    for topic, check in checks.items():
        try:
            yield from check()
        except (ClientError, BotoCoreError) as error:
            yield problem(topic, f"cannot be checked: {error}", "allow these credentials to read it, and run it again")
