"""What the projects of an environment require of its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition import Definition, own_arguments, steps_of
from mlproject.parameters import Deployment, Emr, Environment, Pipeline

# Step type to its name in SageMaker's quotas, such as `ml.m5.large for processing job usage`.
_JOBS = {
    "Processing": "processing job",
    "Training": "training job",
    "Transform": "transform job",
    "Tuning": "training job",
}
NOTEBOOK = "notebook instance"


@dataclass(frozen=True, kw_only=True)
class AccountRequirements:
    """What an environment's projects require at the same time.

    Args:
        environment: the environment of the account.
        deployments: the projects in it.
        instances: (instance type, usage in SageMaker's quotas) to the number of instances at the same time.
        clusters: the EMR clusters, by project.
        has_ci: whether jobs of GitLab CI deploy to the environment.
    """

    environment: Environment
    deployments: tuple[Deployment, ...]
    instances: Mapping[tuple[str, str], int]
    clusters: Mapping[str, Emr]
    has_ci: bool = False

    @property
    def node_types(self) -> Counter[str]:
        """EC2 instance type to the maximum number of nodes in all clusters."""
        nodes: Counter[str] = Counter()
        for emr in self.clusters.values():
            nodes[emr.primary_instance_type] += 1
            nodes[emr.core_instance_type] += emr.maximum_count
        return nodes


def account_requirements(
    environment: Environment,
    deployments: Iterable[Deployment],
    definitions: Mapping[str, Definition],
    *,
    has_ci: bool = False,
) -> AccountRequirements:
    """Add up what the projects of an environment require.

    Args:
        environment: the environment.
        deployments: the projects in it.
        definitions: folder of a pipeline to its definition.
        has_ci: whether jobs of GitLab CI deploy to the environment.
    """
    in_environment = tuple(deployments)
    instances: Counter[tuple[str, str]] = Counter()
    for deployment in in_environment:
        for notebook in deployment.notebooks:
            instances[notebook.instance_type, NOTEBOOK] += 1
        if deployment.pipeline:
            instances.update(_jobs(deployment.pipeline, definitions[deployment.pipeline.folder]))
    return AccountRequirements(
        environment=environment,
        deployments=in_environment,
        instances=dict(instances),
        clusters={deployment.project: deployment.emr for deployment in in_environment if deployment.emr},
        has_ci=has_ci,
    )


def _jobs(pipeline: Pipeline, definition: Definition) -> Counter[tuple[str, str]]:
    """The most instances that one execution can use at the same time: those of its largest steps in parallel."""
    defaults = {name: parameter.get("DefaultValue") for name, parameter in definition.parameters.items()}
    values = {**defaults, **pipeline.parameters}
    counts: dict[tuple[str, str], list[int]] = {}
    for step in steps_of(definition.document):
        usage = _JOBS.get(step["Type"])
        if usage is None:
            continue
        for cluster in _clusters(own_arguments(step)):
            instance_type, count = (_value(cluster[name], values) for name in ("InstanceType", "InstanceCount"))
            if isinstance(instance_type, str) and isinstance(count, int):
                counts.setdefault((instance_type, usage), []).append(count * _jobs_at_once(step, values))
    parallel = pipeline.parallel_steps
    return Counter({key: sum(sorted(each, reverse=True)[:parallel]) for key, each in counts.items()})


def _jobs_at_once(step: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """The number of jobs that a step runs at the same time: several for a Tuning step."""
    config = own_arguments(step).get("HyperParameterTuningJobConfig", {})
    count = _value(config.get("ResourceLimits", {}).get("MaxParallelTrainingJobs"), values)
    return count if isinstance(count, int) else 1


def _clusters(arguments: Any) -> Iterator[Mapping[str, Any]]:
    """The parts of a step's arguments with an instance type and an instance count."""
    if isinstance(arguments, Mapping):
        if {"InstanceType", "InstanceCount"} <= arguments.keys():
            yield arguments
        else:
            for value in arguments.values():
                yield from _clusters(value)
    elif isinstance(arguments, list):
        for value in arguments:
            yield from _clusters(value)


def _value(argument: Any, parameters: Mapping[str, Any]) -> Any:
    """A literal, or the value of the pipeline parameter that the argument references."""
    if isinstance(argument, Mapping):
        return parameters.get(str(argument.get("Get", "")).removeprefix("Parameters."))
    return argument
