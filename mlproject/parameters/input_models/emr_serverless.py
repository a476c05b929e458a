"""The keys of an EMR Serverless application."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlproject.parameters.input_models.fields import FrozenModel, parameter
from mlproject.parameters.tables import emr_releases

# A worker of the default size, and the workers of a job before Spark asks for more: the driver and three executors.
# 16 GB are the 14 GB of spark.driver.memory and spark.executor.memory with their overhead of 10 %.
# https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html
WORKER_VCPUS, WORKER_MEMORY_GB, WORKER_DISK_GB = 4, 16, 20
INITIAL_WORKERS = 4
# Room for a driver and an executor.
_WORKERS_MINIMUM = 2
VCPUS_MINIMUM, MEMORY_GB_MINIMUM, DISK_GB_MINIMUM = (
    _WORKERS_MINIMUM * size for size in (WORKER_VCPUS, WORKER_MEMORY_GB, WORKER_DISK_GB)
)
# Our limits: more is a typing error.
VCPUS_LIMIT, MEMORY_GB_LIMIT, DISK_GB_LIMIT = 4_000, 30_000, 200_000
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_AutoStopConfig.html
IDLE_MINUTES_MINIMUM, IDLE_MINUTES_LIMIT = 1, 7 * 24 * 60


class EmrServerless(FrozenModel):
    """An application that runs Spark jobs without a cluster, and costs nothing while none runs."""

    release: Annotated[str, AfterValidator(emr_releases.validate_release)] = parameter(
        "The EMR release. Default emr-7.13.0.", allowed="a release label, such as emr-7.13.0", default="emr-7.13.0"
    )
    architecture: emr_releases.Architecture = parameter(
        "The processor of the workers. Default x86_64.", allowed="x86_64 or arm64", default="x86_64"
    )
    maximum_vcpus: int = parameter(
        f"Maximum number of vCPUs of all jobs together. Default {INITIAL_WORKERS * WORKER_VCPUS}.",
        allowed=f"a whole number, {VCPUS_MINIMUM} to {VCPUS_LIMIT}",
        default=INITIAL_WORKERS * WORKER_VCPUS,
        ge=VCPUS_MINIMUM,
        le=VCPUS_LIMIT,
    )
    maximum_memory_gb: int = parameter(
        f"Maximum memory of all jobs together, in GB. Default {INITIAL_WORKERS * WORKER_MEMORY_GB}.",
        allowed=f"whole GB, {MEMORY_GB_MINIMUM} to {MEMORY_GB_LIMIT}",
        default=INITIAL_WORKERS * WORKER_MEMORY_GB,
        ge=MEMORY_GB_MINIMUM,
        le=MEMORY_GB_LIMIT,
    )
    maximum_disk_gb: int | None = parameter(
        "Maximum disk space of all jobs together, in GB. Default: no limit.",
        allowed=f"whole GB, {DISK_GB_MINIMUM} to {DISK_GB_LIMIT}",
        default=None,
        ge=DISK_GB_MINIMUM,
        le=DISK_GB_LIMIT,
    )
    idle_minutes: int = parameter(
        "Time in minutes without jobs after which the application stops. Default 15.",
        allowed=f"whole minutes, {IDLE_MINUTES_MINIMUM} to {IDLE_MINUTES_LIMIT} (a week)",
        default=15,
        ge=IDLE_MINUTES_MINIMUM,
        le=IDLE_MINUTES_LIMIT,
    )
