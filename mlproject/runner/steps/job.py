"""What Processing, Training and Transform steps have in common: a job with inputs, a process and outputs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mlproject.runner.container.isolation import step_path
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input

HOST = "algo-1"  # what SageMaker calls the first machine of a job


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of a step, its arguments resolved.

    Args:
        step: the step as the definition has it.
        name: the job's name.
        arn: the job's ARN.
        arguments: the step's arguments, resolved.
        models: what the Model steps of this run made, by model name.
    """

    step: Mapping[str, Any]
    name: str
    arn: str
    arguments: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Any]]

    kind: ClassVar[str]  # as in ARNs, such as `processing-job`
    metadata_key: ClassVar[str]  # as in ListPipelineExecutionSteps, such as `ProcessingJob`

    @classmethod
    def refusals(cls, arguments: Mapping[str, Any], *, isolated: bool) -> Iterator[str]:
        """What of a step's arguments this machine cannot do, a clause each.

        Args:
            arguments: resolved as far as the pipeline's parameters go.
            isolated: the process has a /opt/ml of its own.
        """
        raise NotImplementedError

    def inputs(self) -> tuple[Input, ...]:
        """Everything that must be staged, code included."""
        raise NotImplementedError

    def decisive(self) -> Any:
        """The arguments that decide the result, without addresses of inputs and outputs."""
        raise NotImplementedError

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        """Lay out what is not an input and say what to run; the inputs are staged."""
        raise NotImplementedError

    def outputs(self, place: Place) -> list[tuple[Path, str]]:
        """The files to upload, with their URIs, after the process has ended well."""
        raise NotImplementedError

    def empty_outputs(self, place: Place) -> tuple[str, ...]:
        """The names of outputs in which the process left no file; SageMaker says nothing of them."""
        raise NotImplementedError

    def output_uris(self) -> Mapping[str, str]:
        """The URI of each output by its name."""
        raise NotImplementedError

    def properties(self) -> dict[str, Any]:
        """What `Steps.<name>.*` references see: the answer of the Describe call."""
        raise NotImplementedError

    def measured(self, log: Path) -> dict[str, Any]:
        """Further properties that only the log shows."""
        return {}

    def message(self, place: Place) -> str | None:
        """What the process itself wrote down about its failure, if it did."""
        raise NotImplementedError

    @property
    def kms_key(self) -> str | None:
        """The key that encrypts the outputs."""
        raise NotImplementedError

    @property
    def time_limit(self) -> float | None:
        """Seconds, from MaxRuntimeInSeconds."""
        limit = self.arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
        return float(limit) if limit else None


def base_environment(place: Place, environment: Mapping[str, str], own: Mapping[str, Any]) -> dict[str, str]:
    """The whole environment of a step's process: nothing of the user's own gets in.

    Args:
        place: the work folder.
        environment: credentials, region, endpoint.
        own: what the step's arguments or the container contract set.
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


def python_command(argv: list[str]) -> list[str]:
    """A container's command with its Python replaced by this one: `python3`, `/miniconda3/bin/python`, ..."""
    name = Path(argv[0]).name
    version = name.removeprefix("python")
    is_python = (name.startswith("python") and version.replace(".", "").isdigit()) or name == "python"
    return [sys.executable, *argv[1:]] if is_python else argv


def resource_config(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """`resourceconfig.json`: one machine, whatever the definition asks for.

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
