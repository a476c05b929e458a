"""The instances of a definition's jobs, with the values of the pipeline's parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import Step, own_arguments, steps_of

# Types of steps that run jobs on instances.
_JOB_TYPES = frozenset({"Processing", "Training", "Transform", "Tuning"})


@dataclass(frozen=True, kw_only=True)
class JobInstances:
    """The instances of a step's jobs.

    Args:
        step: name of the step.
        step_type: such as `Processing`.
        instance_type: such as `ml.m5.large`.
        count: number of instances of each job.
        volume_gb: size of the volume of each instance in GB; None if the step does not set it.
        jobs: number of jobs; more than one for a Tuning step.
        jobs_at_once: number of jobs that run at the same time.
    """

    step: str
    step_type: str
    instance_type: str
    count: int
    volume_gb: int | None
    jobs: int = 1
    jobs_at_once: int = 1


def job_instances(definition: Definition, parameters: Mapping[str, Any]) -> tuple[JobInstances, ...]:
    """Return the instances of each job, in the order of the document. Values that only a run knows are left out.

    Args:
        definition: the pipeline's definition.
        parameters: values that override the defaults of the pipeline's parameters.
    """
    return tuple(_of_steps(definition, parameter_values(definition, parameters)))


def parameter_values(definition: Definition, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a pipeline's parameters: those that override the defaults, and the defaults."""
    defaults = {name: parameter.get("DefaultValue") for name, parameter in definition.parameters.items()}
    return {**defaults, **parameters}


def _of_steps(definition: Definition, values: Mapping[str, Any]) -> Iterator[JobInstances]:
    for step in steps_of(definition.document):
        if step["Type"] not in _JOB_TYPES:
            continue
        for cluster in _clusters(own_arguments(step)):
            instance_type, count = (known_value(cluster[name], values) for name in ("InstanceType", "InstanceCount"))
            volume = known_value(cluster.get("VolumeSizeInGB"), values)
            if isinstance(instance_type, str) and isinstance(count, int):
                yield JobInstances(
                    step=step["Name"],
                    step_type=step["Type"],
                    instance_type=instance_type,
                    count=count,
                    volume_gb=volume if isinstance(volume, int) else None,
                    jobs=_tuning_limit(step, "MaxNumberOfTrainingJobs", values),
                    jobs_at_once=_tuning_limit(step, "MaxParallelTrainingJobs", values),
                )


def _tuning_limit(step: Step, name: str, values: Mapping[str, Any]) -> int:
    """A limit of a Tuning step; 1 for any other step, which runs one job."""
    config = own_arguments(step).get("HyperParameterTuningJobConfig", {})
    count = known_value(config.get("ResourceLimits", {}).get(name), values)
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


def known_value(argument: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a literal, or the value of the pipeline parameter that an argument references; None if a run decides."""
    if isinstance(argument, Mapping):
        return parameters.get(str(argument.get("Get", "")).removeprefix("Parameters."))
    return argument
