"""Whether the endpoint serves the version of project.yaml, and the batch pipeline can be started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.names import Names
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Serving

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html (EndpointStatus)
_IN_SERVICE = "InService"
_CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribePipeline.html; moto returns the second code.
_NOT_FOUND = frozenset({"ResourceNotFound", "ValidationException"})


def check_serving(names: Names, serving: Serving, client: Callable[[str], Any]) -> Iterator[Outcome]:
    """Check the endpoint and the batch pipeline, if the project has them.

    Args:
        names: names of the project's resources in the environment.
        serving: the parameters of serving.
        client: returns the boto3 client of a service.
    """
    deploy = f"run `mlproject deploy {names.project} --environment {names.environment}`"
    sagemaker = client("sagemaker")
    if serving.endpoint:
        name = names.endpoint(serving.endpoint.kind)
        yield _check_endpoint(name, serving.model_version, sagemaker, deploy=deploy)
    if serving.batch:
        yield _check_batch(names.batch_pipeline, sagemaker, deploy=deploy)


def _check_endpoint(name: str, version: int, sagemaker: Any, *, deploy: str) -> Outcome:
    try:
        found = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if "Could not find" not in error.response["Error"]["Message"]:
            raise
        return problem("endpoint", f"{name} does not exist", deploy)
    status = str(found["EndpointStatus"])
    if status in _CHANGING:
        return warning("endpoint", f"{name} is {status}", "run it again in a few minutes")
    if status != _IN_SERVICE:
        reason = found.get("FailureReason") or "SageMaker gives no reason"
        log = f"the log /aws/sagemaker/Endpoints/{name} shows what its container printed"
        return problem("endpoint", f"{name} is {status}: {reason}", log)
    package = _served_package(found["EndpointConfigName"], sagemaker)
    served = package.rpartition("/")[2]
    if served != str(version):
        return problem("endpoint", f"{name} serves {package or 'no version'}, but project.yaml names {version}", deploy)
    return ok("endpoint", f"{name} is in service with version {version}")


def _served_package(configuration: str, sagemaker: Any) -> str:
    """Return the model package that a configuration serves, or an empty text."""
    described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    model = sagemaker.describe_model(ModelName=described["ProductionVariants"][0]["ModelName"])
    return str(model.get("PrimaryContainer", {}).get("ModelPackageName", ""))


def _check_batch(name: str, sagemaker: Any, *, deploy: str) -> Outcome:
    try:
        status = str(sagemaker.describe_pipeline(PipelineName=name)["PipelineStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_FOUND:
            raise
        return problem("batch pipeline", f"{name} does not exist", deploy)
    if status != "Active":
        return problem("batch pipeline", f"{name} is {status}, so it cannot be started", deploy)
    return ok("batch pipeline", f"{name} is Active")
