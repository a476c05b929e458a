"""SageMaker Runtime: InvokeEndpoint, answered by the endpoint's container, and its metrics."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sagemaker.models import sagemaker_backends
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.inference import ContainerError, hosting

_invoke = SageMakerRuntimeResponse.invoke_endpoint
_NAMESPACE = "AWS/SageMaker"
# The status of ModelError: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
_MODEL_ERROR = 424
_SUCCESS, _CLIENT_ERROR, _SERVER_ERROR = 200, 400, 500


@fills(
    SageMakerRuntimeResponse,
    "invoke_endpoint",
    service="sagemaker-runtime",
    what="InvokeEndpoint, refused for an endpoint that does not exist, and answered by its container if containers run",
    why="moto answers for every name, always the same",
)
def invoke_endpoint(self: Any) -> Any:
    name = self.path.split("/")[2]
    endpoint = sagemaker_backends[self.current_account][self.region].endpoints.get(name)
    if endpoint is None or endpoint.endpoint_status != "InService":
        return _refusal("ValidationError", 400, f"Endpoint {name} of account {self.current_account} not found.")
    containers = hosting()
    if containers is None:
        return _invoke(self)
    variant = endpoint.production_variants[0]["VariantName"]
    started = time.perf_counter()
    body = self.body if isinstance(self.body, bytes) else str(self.body).encode()
    try:
        reply = containers.invoke(
            (self.current_account, self.region, name),
            body,
            content_type=self.headers.get("Content-Type", ""),
            accept=self.headers.get("Accept", ""),
        )
    except ContainerError as error:
        status, content = _SERVER_ERROR, str(error)
    else:
        status, content = reply.status, reply.body.decode(errors="replace")
    _publish(self, name, variant, status=status, microseconds=(time.perf_counter() - started) * 1e6)
    if _SUCCESS <= status < _CLIENT_ERROR:
        headers = {"Content-Type": reply.content_type, "x-Amzn-Invoked-Production-Variant": variant}
        return 200, headers, reply.body
    return _model_error(self, name, status, content)


def _model_error(response: Any, endpoint: str, status: int, content: str) -> Any:
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    side = "client" if status < _SERVER_ERROR else "server"
    return _refusal(
        "ModelError",
        _MODEL_ERROR,
        f'Received {side} error ({status}) from primary with message "{content}". See the log group {group} in account '
        f"{response.current_account} for more information.",
        OriginalStatusCode=status,
        OriginalMessage=content,
        LogStreamArn=f"arn:aws:logs:{response.region}:{response.current_account}:log-group:{group}",
    )


def _refusal(code: str, status: int, message: str, **members: Any) -> Any:
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code, "status": status}
    return status, headers, json.dumps({"Message": message, **members})


def _publish(response: Any, endpoint: str, variant: str, *, status: int, microseconds: float) -> None:
    """Publish the metrics of an invocation.

    https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html: the errors' averages are rates, since
    each invocation counts as 0 or 1.
    """
    values = {
        "Invocations": (1.0, "None"),
        "Invocation4XXErrors": (float(_CLIENT_ERROR <= status < _SERVER_ERROR), "None"),
        "Invocation5XXErrors": (float(status >= _SERVER_ERROR), "None"),
        "ModelLatency": (microseconds, "Microseconds"),
    }
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
    cloudwatch_backends[response.current_account][response.region].put_metric_data(
        _NAMESPACE,
        [
            {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions}
            for name, (value, unit) in values.items()
        ],
    )
