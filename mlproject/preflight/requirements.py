"""What the projects of an environment require of its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from mlproject.definition import Definition, cluster_instances, job_instances
from mlproject.parameters import Deployment, Emr, Environment

# Step type to its name in SageMaker's quotas, such as `ml.m5.large for processing job usage`.
_JOBS = {
    "Processing": "processing job",
    "Training": "training job",
    "Transform": "transform job",
    "Tuning": "training job",
}
NOTEBOOK = "notebook instance"
_Key = TypeVar("_Key")


@dataclass(frozen=True, kw_only=True)
class AccountRequirements:
    """What an environment's projects require at the same time.

    Args:
        environment: the environment of the account.
        deployments: the projects in it.
        instances: (instance type, usage in SageMaker's quotas) to the number of instances at the same time.
        clusters: the EMR clusters, by the start of their names in EMR.
        step_nodes: EC2 instance type to the maximum number of nodes in the clusters of the pipelines' steps.
        has_ci: whether jobs of GitLab CI deploy to the environment.
    """

    environment: Environment
    deployments: tuple[Deployment, ...]
    instances: Mapping[tuple[str, str], int]
    clusters: Mapping[str, Emr]
    step_nodes: Mapping[str, int]
    has_ci: bool = False

    @property
    def node_types(self) -> Counter[str]:
        """EC2 instance type to the maximum number of nodes in all clusters.

        EMR chooses the types of a fleet, and can replace Spot by On-Demand nodes: here, all are On-Demand nodes of the
        first type.
        """
        nodes = Counter(self.step_nodes)
        for emr in self.clusters.values():
            nodes[emr.primary_instance_type] += 1
            types = emr.node_types
            nodes.update(dict.fromkeys(types, 0))
            first, units = next(iter(types.items()))
            nodes[first] += -(-emr.maximum_count // units)
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
        definitions: project to the definition of its pipeline.
        has_ci: whether jobs of GitLab CI deploy to the environment.
    """
    in_environment = tuple(deployments)
    instances: Counter[tuple[str, str]] = Counter()
    step_nodes: Counter[str] = Counter()
    for deployment in in_environment:
        for notebook in deployment.notebooks:
            instances[notebook.instance_type, NOTEBOOK] += 1
        if deployment.pipeline:
            definition, parameters = definitions[deployment.project], deployment.pipeline.parameters
            parallel = deployment.pipeline.parallel_steps
            instances.update(_jobs(definition, parameters, parallel=parallel))
            step_nodes.update(_step_nodes(definition, parameters, parallel=parallel))
    return AccountRequirements(
        environment=environment,
        deployments=in_environment,
        instances=dict(instances),
        step_nodes=dict(step_nodes),
        clusters={
            deployment.names.cluster(name): cluster
            for deployment in in_environment
            for name, cluster in deployment.clusters.items()
        },
        has_ci=has_ci,
    )


def _jobs(definition: Definition, parameters: Mapping[str, Any], *, parallel: int) -> Counter[tuple[str, str]]:
    """Return the most instances that one execution can use at the same time."""
    counts: dict[tuple[str, str], list[int]] = {}
    for each in job_instances(definition, parameters):
        counts.setdefault((each.instance_type, _JOBS[each.step_type]), []).append(each.count * each.jobs_at_once)
    return _largest(counts, parallel=parallel)


def _step_nodes(definition: Definition, parameters: Mapping[str, Any], *, parallel: int) -> Counter[str]:
    """Return the most nodes that the clusters of one execution's steps can have at the same time."""
    counts: dict[str, list[int]] = {}
    for each in cluster_instances(definition, parameters):
        for instance_type, count in each.maximum.items():
            counts.setdefault(instance_type, []).append(count)
    return _largest(counts, parallel=parallel)


def _largest(counts: Mapping[_Key, list[int]], *, parallel: int) -> Counter[_Key]:
    """Return the sums of the largest steps that run in parallel."""
    return Counter({key: sum(sorted(each, reverse=True)[:parallel]) for key, each in counts.items()})
