"""What the projects of an environment will ask of its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition import Definition, own_arguments, steps_of
from mlproject.parameters import Deployment, Emr, Environment

# The words of a step's type to those of SageMaker's quotas, such as `ml.m5.large for processing job usage`.
_JOBS = {"Processing": "processing job", "Training": "training job", "Transform": "transform job"}
NOTEBOOK = "notebook instance"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an environment's projects need at the same time.

    Args:
        environment: whose account.
        deployments: the projects in it.
        instances: (instance type, kind of SageMaker's quota) to how many at once.
        clusters: the EMR clusters, by project.
    """

    environment: Environment
    deployments: tuple[Deployment, ...]
    instances: Mapping[tuple[str, str], int]
    clusters: Mapping[str, Emr]

    @property
    def node_types(self) -> Counter[str]:
        """EC2 instance type to how many nodes at most, of all clusters."""
        nodes: Counter[str] = Counter()
        for emr in self.clusters.values():
            nodes[emr.primary_instance_type] += 1
            nodes[emr.core_instance_type] += emr.maximum_count
        return nodes

    @property
    def has_notebooks(self) -> bool:
        return any(deployment.notebooks for deployment in self.deployments)


def wanted_of(
    environment: Environment, deployments: Iterable[Deployment], definitions: Mapping[str, Definition]
) -> Wanted:
    """Count what is asked for.

    Args:
        environment: the environment.
        deployments: the projects in it.
        definitions: folder of a pipeline to its definition.
    """
    own = tuple(deployments)
    instances: Counter[tuple[str, str]] = Counter()
    for deployment in own:
        for notebook in deployment.notebooks:
            instances[notebook.instance_type, NOTEBOOK] += 1
        instances.update(_jobs(deployment, definitions[deployment.pipeline.folder]))
    return Wanted(
        environment=environment,
        deployments=own,
        instances=dict(instances),
        clusters={deployment.project: deployment.emr for deployment in own if deployment.emr},
    )


def _jobs(deployment: Deployment, definition: Definition) -> Counter[tuple[str, str]]:
    """The most that one execution can need at once: its largest step, times the steps that run at the same time."""
    defaults = {name: parameter.get("DefaultValue") for name, parameter in definition.parameters.items()}
    values = {**defaults, **deployment.pipeline.parameters}
    counts: dict[tuple[str, str], list[int]] = {}
    for step in steps_of(definition.document):
        kind = _JOBS.get(step["Type"])
        if kind is None:
            continue
        for cluster in _clusters(own_arguments(step)):
            instance_type, count = (_value(cluster[name], values) for name in ("InstanceType", "InstanceCount"))
            if isinstance(instance_type, str) and isinstance(count, int):
                counts.setdefault((instance_type, kind), []).append(count)
    parallel = deployment.pipeline.parallel_steps
    return Counter({key: sum(sorted(each, reverse=True)[:parallel]) for key, each in counts.items()})


def _clusters(arguments: Any) -> Iterator[Mapping[str, Any]]:
    """The parts of a step's arguments that say how many of which instance."""
    if isinstance(arguments, Mapping):
        if {"InstanceType", "InstanceCount"} <= arguments.keys():
            yield arguments
        else:
            for value in arguments.values():
                yield from _clusters(value)
    elif isinstance(arguments, list):
        for value in arguments:
            yield from _clusters(value)


def _value(written: Any, parameters: Mapping[str, Any]) -> Any:
    """A literal, or the value of the pipeline's parameter that is meant."""
    if isinstance(written, Mapping):
        return parameters.get(str(written.get("Get", "")).removeprefix("Parameters."))
    return written
