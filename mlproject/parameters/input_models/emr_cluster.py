"""The keys that each EMR cluster of a project can have for itself."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.parameters.input_models.emr_fleet import (
    NODE_TYPE_ALLOWED,
    NODES_LIMIT,
    SPOT_MINUTES_LIMIT,
    SPOT_MINUTES_MINIMUM,
    Fleet,
    NodeType,
    SpotFallback,
)
from mlproject.parameters.input_models.fields import FrozenModel, parameter

# https://docs.aws.amazon.com/emr/latest/APIReference/API_VolumeSpecification.html (SizeInGB; 10 if EBS-optimized)
VOLUME_GB_MINIMUM, VOLUME_GB_LIMIT = 10, 1024
# https://docs.aws.amazon.com/emr/latest/APIReference/API_AutoTerminationPolicy.html (60 to 604,800 seconds). Our
# minimum is higher: a Livy session takes a minute or two to start, and must not end before its first statement.
IDLE_MINUTES_MINIMUM, IDLE_MINUTES_LIMIT = 10, 7 * 24 * 60
GENERATION_LIMIT = 1_000_000
# https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html (StepConcurrencyLevel)
STEP_CONCURRENCY_LIMIT = 256


class ClusterKeys(FrozenModel):
    """The keys that each cluster of a project can have for itself."""

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        """The fleets of core and task nodes; empty for a cluster of instance groups."""
        return tuple(fleet for fleet in (self.core_fleet, self.task_fleet) if fleet)

    @property
    def core_units(self) -> int:
        """Number of core nodes, or of their units."""
        return self.core_fleet.units if self.core_fleet else self.core_count

    @property
    def node_types(self) -> Mapping[str, int]:
        """Types of core and task nodes, with the units that a node counts as."""
        types = {self.core_instance_type: 1} if self.core_instance_type else {}
        return types | {name: units for fleet in self.fleets for name, units in fleet.instance_types.items()}

    primary_instance_type: NodeType = parameter("The primary node's type.", allowed=NODE_TYPE_ALLOWED)
    core_instance_type: NodeType | None = parameter(
        "The core nodes' type. Required without core_fleet.", allowed=NODE_TYPE_ALLOWED, default=None
    )
    core_count: int = parameter(
        "Number of core nodes; managed scaling never goes below it. Default 1.",
        allowed=f"a whole number, 1 to {NODES_LIMIT}",
        default=1,
        ge=1,
        le=NODES_LIMIT,
    )
    maximum_count: int = parameter(
        "Maximum number of core and task nodes for managed scaling, or of their units with fleets. Default 3.",
        allowed=f"a whole number, core_count to {NODES_LIMIT}",
        default=3,
        ge=1,
        le=NODES_LIMIT,
    )
    core_fleet: Fleet | None = parameter(
        "Core nodes of several types, On-Demand and Spot, instead of core_instance_type and core_count. Default: none.",
        allowed="a mapping with the keys of a fleet",
        default=None,
    )
    task_fleet: Fleet | None = parameter(
        "Task nodes of several types, On-Demand and Spot, beside core_fleet. Default: none.",
        allowed="a mapping with the keys of a fleet",
        default=None,
    )
    spot_timeout_minutes: int = parameter(
        "Time in minutes to wait for Spot nodes when the cluster is created. Default 20.",
        allowed=f"whole minutes, {SPOT_MINUTES_MINIMUM} to {SPOT_MINUTES_LIMIT} (a day)",
        default=20,
        ge=SPOT_MINUTES_MINIMUM,
        le=SPOT_MINUTES_LIMIT,
    )
    spot_fallback: SpotFallback = parameter(
        "What happens if there are not enough Spot nodes after that time. Default SWITCH_TO_ON_DEMAND.",
        allowed="SWITCH_TO_ON_DEMAND or TERMINATE_CLUSTER",
        default="SWITCH_TO_ON_DEMAND",
    )
    volume_gb: int = parameter(
        "Size of each node's volume, in GB. Default 64.",
        allowed=f"whole GB, {VOLUME_GB_MINIMUM} to {VOLUME_GB_LIMIT}",
        default=64,
        ge=VOLUME_GB_MINIMUM,
        le=VOLUME_GB_LIMIT,
    )
    idle_minutes: int = parameter(
        "Idle time in minutes after which the cluster terminates. Default 60.",
        allowed=f"whole minutes, {IDLE_MINUTES_MINIMUM} to {IDLE_MINUTES_LIMIT} (a week)",
        default=60,
        ge=IDLE_MINUTES_MINIMUM,
        le=IDLE_MINUTES_LIMIT,
    )
    step_concurrency: int = parameter(
        "Number of steps that the cluster runs at the same time. Default 1.",
        allowed=f"a whole number, 1 to {STEP_CONCURRENCY_LIMIT}",
        default=1,
        ge=1,
        le=STEP_CONCURRENCY_LIMIT,
    )
    termination_protection: bool | None = parameter(
        "Whether the cluster can be terminated only on purpose: the API and CloudFormation cannot. Default: the value "
        "of retain_data of the environment.",
        allowed="true or false",
        default=None,
    )
    generation: int = parameter(
        "Increase the number to replace the cluster at the next deployment. Default 1.",
        allowed=f"a whole number, 1 to {GENERATION_LIMIT}",
        default=1,
        ge=1,
        le=GENERATION_LIMIT,
    )
