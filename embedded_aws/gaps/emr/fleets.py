"""EMR: clusters of instance fleets, which moto does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import PaginatedResult
from moto.emr.exceptions import InvalidRequestException, ValidationException
from moto.emr.models import Cluster, Ec2InstanceAttributes, InstanceGroup
from moto.emr.responses import ElasticMapReduceResponse
from moto.emr.utils import random_id

from embedded_aws.gaps._registry import fills

_WHY = "moto does not know it"


class Fleet:
    """A fleet whose nodes are all of its first type, as many as its units ask for.

    Args:
        cluster_id: id of the cluster.
        given: InstanceFleetConfig of the request.
    """

    def __init__(self, cluster_id: str, given: Mapping[str, Any]) -> None:
        self.given = given
        self.id = f"if-{random_id()}"
        self.set_targets(given)
        first = given["InstanceTypeConfigs"][0]
        weight = int(first.get("WeightedCapacity", 1))
        # EMR starts nodes until the target is fulfilled, even if that exceeds it.
        # https://docs.aws.amazon.com/emr/latest/APIReference/API_InstanceFleet.html
        self.on_demand = -(-self.target_on_demand // weight) * weight
        self.spot = -(-self.target_spot // weight) * weight
        # What moto's nodes belong to; no API shows it.
        self.group = InstanceGroup(
            cluster_id=cluster_id,
            instance_count=(self.on_demand + self.spot) // weight,
            instance_role=given["InstanceFleetType"],
            instance_type=first["InstanceType"],
            instance_group_id=self.id,
        )

    def set_targets(self, given: Mapping[str, Any]) -> None:
        self.target_on_demand = int(given.get("TargetOnDemandCapacity") or 0)
        self.target_spot = int(given.get("TargetSpotCapacity") or 0)

    def shown(self) -> dict[str, Any]:
        """What ListInstanceFleets answers."""
        return {
            "Id": self.id,
            "Name": self.given.get("Name"),
            "InstanceFleetType": self.given["InstanceFleetType"],
            "Status": self.group.status,
            "TargetOnDemandCapacity": self.target_on_demand,
            "TargetSpotCapacity": self.target_spot,
            "ProvisionedOnDemandCapacity": self.on_demand,
            "ProvisionedSpotCapacity": self.spot,
            "InstanceTypeSpecifications": [_specification(each) for each in self.given["InstanceTypeConfigs"]],
            "LaunchSpecifications": self.given.get("LaunchSpecifications"),
            "ResizeSpecifications": self.given.get("ResizeSpecifications"),
        }


def _specification(config: Mapping[str, Any]) -> dict[str, Any]:
    """A type of a fleet as it is shown: its volumes one by one."""
    volumes = [
        {"VolumeSpecification": each["VolumeSpecification"], "Device": f"/dev/sd{chr(ord('b') + number)}"}
        for each in (config.get("EbsConfiguration") or {}).get("EbsBlockDeviceConfigs", [])
        for number in range(each.get("VolumesPerInstance") or 1)
    ]
    rest = {name: value for name, value in config.items() if name != "EbsConfiguration"}
    return {"WeightedCapacity": 1, **rest, "EbsBlockDevices": volumes}


def check_fleets(instances: Mapping[str, Any], scaling: Mapping[str, Any] | None) -> None:
    """Refuse a mixture of fleets and groups, a fleet without nodes, and limits of managed scaling in other units."""
    fleets = instances.get("InstanceFleets") or []
    unit = ((scaling or {}).get("ComputeLimits") or {}).get("UnitType")
    if unit and (unit == "InstanceFleetUnits") != bool(fleets):
        raise ValidationException(f"The unit type {unit} of the managed scaling policy does not fit the cluster.")
    if fleets and instances.get("InstanceGroups"):
        raise ValidationException("Instance fleets and instance groups are mutually exclusive.")
    for fleet in fleets:
        targets = sum(int(fleet.get(name) or 0) for name in ("TargetOnDemandCapacity", "TargetSpotCapacity"))
        if not targets or (fleet["InstanceFleetType"] == "MASTER" and targets != 1):
            raise ValidationException(
                "At least one of TargetSpotCapacity and TargetOnDemandCapacity should be greater than 0; for a master "
                "instance fleet, only one of them, and its value must be 1."
            )


def start_fleets(backend: Any, cluster: Any, instances: Mapping[str, Any]) -> None:
    """Start the nodes of the fleets in the cluster's subnet."""
    cluster.requested_ec2_subnet_ids = list(instances.get("Ec2SubnetIds") or [])
    cluster.fleets = [Fleet(cluster.id, given) for given in instances["InstanceFleets"]]
    for fleet in cluster.fleets:
        nodes = {"InstanceCount": fleet.group.num_instances, "InstanceType": fleet.group.instance_type}
        if fleet.group.num_instances:
            backend.run_instances(cluster.id, nodes, fleet.group)


def fleets_of(cluster: Any) -> list[Fleet]:
    """The fleets of a cluster; none of one with instance groups."""
    found: list[Fleet] = getattr(cluster, "fleets", [])
    return found


fills(
    Cluster,
    "instance_collection_type",
    service="emr",
    what="InstanceCollectionType of a cluster",
    why=_WHY,
)(property(lambda cluster: "INSTANCE_FLEET" if fleets_of(cluster) else "INSTANCE_GROUP"))


fills(
    Ec2InstanceAttributes,
    "requested_ec2_subnet_ids",
    service="emr",
    what="RequestedEc2SubnetIds of a cluster of fleets, whose nodes are in the first of them",
    why=_WHY,
)(property(lambda attributes: getattr(attributes.cluster, "requested_ec2_subnet_ids", [])))


@fills(ElasticMapReduceResponse, "list_instance_fleets", service="emr", what="ListInstanceFleets", why=_WHY)
def list_instance_fleets(self: Any) -> Any:
    cluster = self.backend.describe_cluster(self._get_param("ClusterId"))
    if not fleets_of(cluster):
        raise InvalidRequestException(
            "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses "
            "instance groups. The ListInstanceFleets request does not support clusters that use instance groups."
        )
    return PaginatedResult({"InstanceFleets": [fleet.shown() for fleet in fleets_of(cluster)]})
