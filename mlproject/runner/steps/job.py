"""The base class of the jobs of Processing, Training and Transform steps: inputs, a process and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from mlproject.runner.container.interpreters import Interpreter, own_interpreter
from mlproject.runner.container.isolation import step_path
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input

HOST = "algo-1"  # SageMaker's name for the first instance of a job


@dataclass(frozen=True, kw_only=True)
class Job:
    """The job of a step.

    Args:
        step: the step in the definition.
        name: the job's name.
        arn: the job's ARN.
        arguments: the step's resolved arguments.
        models: the models that Model steps of this run created, by name.
        interpreter: the Python of its scripts.
    """

    step: Mapping[str, Any]
    name: str
    arn: str
    arguments: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Any]]
    interpreter: Interpreter = field(default_factory=own_interpreter)

    kind: ClassVar[str]  # as in ARNs, such as `processing-job`
    metadata_key: ClassVar[str]  # as in ListPipelineExecutionSteps, such as `ProcessingJob`

    @classmethod
    def unsupported_reasons(cls, arguments: Mapping[str, Any], *, isolated: bool) -> Iterator[str]:
        """Yield each reason why this machine does not support the arguments of a step.

        Args:
            arguments: with references to pipeline parameters resolved.
            isolated: whether the process has a private /opt/ml.
        """
        raise NotImplementedError

    def inputs(self) -> tuple[Input, ...]:
        """Return the inputs to stage, including code."""
        raise NotImplementedError

    def cache_inputs(self) -> Any:
        """Return the arguments that determine the result, without the URIs of inputs and outputs."""
        raise NotImplementedError

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        """Create the remaining files and folders after the inputs are staged, and return the command."""
        raise NotImplementedError

    def outputs(self, place: Place) -> list[tuple[Path, str]]:
        """Return the files to upload after the process has succeeded, with their URIs."""
        raise NotImplementedError

    def empty_outputs(self, place: Place) -> tuple[str, ...]:
        """Return the names of outputs without a file, which SageMaker does not report."""
        raise NotImplementedError

    def output_uris(self) -> Mapping[str, str]:
        """Return the URI of each output by name."""
        raise NotImplementedError

    def properties(self) -> dict[str, Any]:
        """Return the values of `Steps.<name>.*` references: the response of the Describe call."""
        raise NotImplementedError

    def log_properties(self, log: Path) -> dict[str, Any]:
        """Return further properties from the log."""
        return {}

    def message(self, place: Place) -> str | None:
        """Return the failure message that the process wrote, if any."""
        raise NotImplementedError

    @property
    def kms_key(self) -> str | None:
        """The KMS key that encrypts the outputs."""
        raise NotImplementedError

    @property
    def time_limit(self) -> float | None:
        """Seconds, from MaxRuntimeInSeconds."""
        limit = self.arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
        return float(limit) if limit else None


def base_environment(place: Place, environment: Mapping[str, str], own: Mapping[str, Any]) -> dict[str, str]:
    """Return the complete environment of a step's process, which inherits nothing from the user's.

    Args:
        place: the work folder.
        environment: credentials, region, endpoint.
        own: variables of the step's arguments and of the container contract.
    """
    home = place.folder / "home"
    temporary = place.folder / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": step_path(),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SAGEMAKER_BASE_DIR": place.base,
        **environment,
        **{name: place.seen(str(value)) for name, value in own.items()},
    }


def python_command(argv: list[str], interpreter: Interpreter) -> list[str]:
    """Replace the Python in a container's command (`python3`, `/miniconda3/bin/python`, ...) with an interpreter."""
    name = Path(argv[0]).name
    version = name.removeprefix("python")
    is_python = (name.startswith("python") and version.replace(".", "").isdigit()) or name == "python"
    return [str(interpreter.path), *argv[1:]] if is_python else argv


def resource_config(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of resourceconfig.json: always one instance, whatever the definition requests.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
    """
    instance = cluster.get("InstanceType", "local")
    group = {"instance_group_name": "homogeneousCluster", "instance_type": instance, "hosts": [HOST]}
    return {
        "current_host": HOST,
        "current_instance_type": instance,
        "current_group_name": "homogeneousCluster",
        "hosts": [HOST],
        "instance_groups": [group],
        "network_interface_name": "lo",
    }
