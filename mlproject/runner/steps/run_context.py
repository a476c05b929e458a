"""What the steps of a run share: its services, cache, processes and folder, and the names that derive from them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlproject.runner.container.interpreters import Interpreter
from mlproject.runner.container.isolation import Isolation
from mlproject.runner.container.processes import Processes
from mlproject.runner.plan import Node
from mlproject.runner.services import Services
from mlproject.runner.spark import NoSpark, Spark
from mlproject.runner.stand_ins import StandIns
from mlproject.runner.storage.cache import Cache

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
_JOB_NAME_LIMIT = 63


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What the steps of a run share; thread-safe.

    Args:
        execution_arn: the source of job names and ARNs.
        role_arn: the pipeline's role, for steps without a role.
        services: objects, credentials, model registry.
        cache: results of earlier runs.
        processes: the processes of the run.
        folder: the run's folder.
        isolation: how the processes get their /opt/ml.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: the properties of steps that do not run, by step name.
        models: the deployed models that Transform steps name.
        spark: the Spark that runs EMR and EMRServerless steps.
    """

    execution_arn: str
    role_arn: str
    services: Services
    cache: Cache
    processes: Processes
    folder: Path
    isolation: Isolation
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)
    stand_ins: StandIns = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    spark: Spark = field(default_factory=NoSpark)

    @property
    def pipeline_arn(self) -> str:
        return self.execution_arn.partition("/execution/")[0]

    @property
    def sagemaker(self) -> str:
        """The beginning of the ARNs of SageMaker's resources, such as `arn:aws:sagemaker:eu-west-1:123456789012`."""
        return self.execution_arn.partition(":pipeline/")[0]

    def generate_name(self, node: Node) -> str:
        """Return a job name as the service generates it: `pipelines-<execution>-<step>-<random>`."""
        head, tail = f"pipelines-{self.execution_arn.rpartition('/')[2]}-", f"-{secrets.token_hex(5)}"
        return f"{head}{node.name.replace('_', '-')[: _JOB_NAME_LIMIT - len(head) - len(tail)]}{tail}"

    def log_file(self, node: Node) -> Path:
        """Return the file with the output of a step's process."""
        return self.folder / "logs" / f"{node.name}.log"

    def describe_full_disk(self) -> str:
        return (
            f"The disk of {self.folder} is full. Free space and repeat the command; finished steps are not run again."
        )
