"""The keys of serving: the version of the model, an endpoint and a batch transform."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter
from mlproject.parameters.input_models.operations import Schedule
from mlproject.parameters.tables import serving_types

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
MEMORY_MB = (1024, 2048, 3072, 4096, 5120, 6144)
CONCURRENCY_LIMIT = 200
# The pattern of a model package's ARN: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
VERSION_LIMIT = 99_999
# Our limit: more instances are a typing error.
INSTANCES_LIMIT = 100
# An invocation may take 60 s: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
LATENCY_MS_LIMIT = 60_000
# Without the slash at the end, `scoring/1` would also match `scoring/10`.
INPUT_PREFIX = r"([A-Za-z0-9._=-]+/)+"

EndpointType = Annotated[str, AfterValidator(serving_types.endpoint_type)]
TransformType = Annotated[str, AfterValidator(serving_types.transform_type)]


class Endpoint(FrozenModel):
    """An endpoint that answers requests. The checks of serving say which keys a kind has."""

    kind: Literal["serverless", "real_time"] = parameter(
        "serverless costs nothing while idle; real_time keeps instances in the private subnets.",
        allowed="serverless or real_time",
    )
    memory_mb: int | None = parameter(
        "Memory of a serverless endpoint, in MB. Default 2048.",
        allowed=f"{', '.join(map(str, MEMORY_MB))}, with kind serverless",
        default=None,
        ge=MEMORY_MB[0],
        le=MEMORY_MB[-1],
        multiple_of=MEMORY_MB[0],
    )
    max_concurrency: int | None = parameter(
        "Maximum number of requests that a serverless endpoint answers at once. Default 5.",
        allowed=f"a whole number, 1 to {CONCURRENCY_LIMIT}, with kind serverless",
        default=None,
        ge=1,
        le=CONCURRENCY_LIMIT,
    )
    instance_type: EndpointType | None = parameter(
        "The instances of a real-time endpoint.",
        allowed="a type such as ml.m5.large, with kind real_time",
        default=None,
    )
    instance_count: int | None = parameter(
        "Number of instances of a real-time endpoint. Default 1.",
        allowed=f"a whole number, 1 to {INSTANCES_LIMIT}, with kind real_time",
        default=None,
        ge=1,
        le=INSTANCES_LIMIT,
    )
    data_capture_percent: int | None = parameter(
        "Percent of a real-time endpoint's requests and responses that are kept in the artifact bucket. Default 0.",
        allowed="a whole number, 0 to 100, with kind real_time",
        default=None,
        ge=0,
        le=100,
    )
    maximum_latency_ms: int = parameter(
        "The latency of the model above which an alarm is raised, in milliseconds. Default 1000.",
        allowed=f"a whole number, 1 to {LATENCY_MS_LIMIT}",
        default=1000,
        ge=1,
        le=LATENCY_MS_LIMIT,
    )


class BatchTransform(FrozenModel):
    """A pipeline that scores the files below a prefix of the data bucket."""

    input_prefix: Annotated[str, MatchesPattern(INPUT_PREFIX)] = parameter(
        "The files to score: CSV without a header, below this prefix of the data bucket.",
        allowed="a prefix that ends with a slash, such as scoring/",
    )
    instance_type: TransformType = parameter("The instances of the job.", allowed="a type such as ml.m5.large")
    instance_count: int = parameter(
        "Number of instances of the job. Default 1.",
        allowed=f"a whole number, 1 to {INSTANCES_LIMIT}",
        default=1,
        ge=1,
        le=INSTANCES_LIMIT,
    )
    schedule: Schedule | None = parameter(
        "The schedule on which the files are scored. Default: none, only `mlproject serve batch`.",
        allowed="the keys expression, timezone",
        default=None,
    )


_ENDPOINT = ", ".join(Endpoint.model_fields)
_BATCH = ", ".join(BatchTransform.model_fields)


class Serving(FrozenModel):
    """The version of the model that an endpoint and a batch transform serve."""

    model_version: int = parameter(
        "The version in the project's model package group. It must be approved.",
        allowed=f"a whole number, 1 to {VERSION_LIMIT}; synthesis reads no AWS, so it cannot be 'approved' or 'latest'",
        ge=1,
        le=VERSION_LIMIT,
    )
    previous_version: int | None = parameter(
        "The version that `mlproject serve rollback` returns to. It stays deployable. Default: none.",
        allowed=f"a whole number, 1 to {VERSION_LIMIT}, other than model_version",
        default=None,
        ge=1,
        le=VERSION_LIMIT,
    )
    endpoint: Endpoint | None = parameter(
        "An endpoint that answers requests. Default: none.", allowed=f"the keys {_ENDPOINT}", default=None
    )
    batch: BatchTransform | None = parameter(
        "A pipeline that scores files. Default: none.", allowed=f"the keys {_BATCH}", default=None
    )

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions that can be served without another deployment: the current one, then the previous one."""
        return (self.model_version, *((self.previous_version,) if self.previous_version else ()))
