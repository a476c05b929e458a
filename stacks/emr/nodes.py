"""Nodes of an EMR cluster: instance groups, or fleets of several types with Spot."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_emr as emr

from mlproject.parameters import Emr, Fleet


def node_properties(parameters: Emr, subnet_ids: list[str]) -> dict[str, Any]:
    """Return the nodes and their subnets, as arguments of JobFlowInstancesConfigProperty.

    Args:
        parameters: parameters of the cluster.
        subnet_ids: private subnets. Instance groups use the first one, and EMR chooses one for fleets:
            https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html
    """
    primary, volume_gb = parameters.primary_instance_type, parameters.volume_gb
    if parameters.core_fleet:
        one = Fleet(instance_types={primary: 1}, on_demand_units=1)
        return {
            "master_instance_fleet": _fleet("Primary", one, parameters),
            "core_instance_fleet": _fleet("Core", parameters.core_fleet, parameters),
            "task_instance_fleets": [_fleet("Task", parameters.task_fleet, parameters)]
            if parameters.task_fleet
            else None,
            "ec2_subnet_ids": subnet_ids,
        }
    core_type = parameters.core_instance_type or primary
    return {
        "master_instance_group": _group("Primary", primary, 1, volume_gb),
        "core_instance_group": _group("Core", core_type, parameters.core_count, volume_gb),
        "ec2_subnet_id": subnet_ids[0],
    }


def scaling_limits(parameters: Emr) -> emr.CfnCluster.ComputeLimitsProperty:
    """Return the limits of managed scaling.

    With Spot, managed scaling adds only Spot nodes to the On-Demand units of the fleets, and with a task fleet, it adds
    only task nodes. Without these limits, it adds On-Demand and core nodes first:
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/managed-scaling-allocation-strategy.html
    """
    fleets = parameters.fleets
    has_spot = any(fleet.spot_units for fleet in fleets)
    return emr.CfnCluster.ComputeLimitsProperty(
        unit_type="InstanceFleetUnits" if fleets else "Instances",
        minimum_capacity_units=parameters.core_units,
        maximum_capacity_units=parameters.maximum_count,
        maximum_on_demand_capacity_units=sum(fleet.on_demand_units for fleet in fleets) if has_spot else None,
        maximum_core_capacity_units=parameters.core_units if parameters.task_fleet else None,
    )


def _fleet(name: str, fleet: Fleet, parameters: Emr) -> emr.CfnCluster.InstanceFleetConfigProperty:
    """Return a fleet with the allocation strategies that EMR recommends.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html
    """
    spot = emr.CfnCluster.SpotProvisioningSpecificationProperty(
        allocation_strategy="price-capacity-optimized",
        timeout_action=parameters.spot_fallback,
        timeout_duration_minutes=parameters.spot_timeout_minutes,
    )
    on_demand = emr.CfnCluster.OnDemandProvisioningSpecificationProperty(allocation_strategy="lowest-price")
    return emr.CfnCluster.InstanceFleetConfigProperty(
        name=name,
        instance_type_configs=[
            emr.CfnCluster.InstanceTypeConfigProperty(
                instance_type=instance_type,
                weighted_capacity=units,
                ebs_configuration=_volumes(parameters.volume_gb),
            )
            for instance_type, units in fleet.instance_types.items()
        ],
        target_on_demand_capacity=fleet.on_demand_units,
        # The API accepts one of the targets for the primary node. For other nodes, 0 also removes a target in place.
        target_spot_capacity=None if name == "Primary" else fleet.spot_units,
        launch_specifications=emr.CfnCluster.InstanceFleetProvisioningSpecificationsProperty(
            on_demand_specification=on_demand, spot_specification=spot if fleet.spot_units else None
        ),
    )


def _group(name: str, instance_type: str, count: int, volume_gb: int) -> emr.CfnCluster.InstanceGroupConfigProperty:
    return emr.CfnCluster.InstanceGroupConfigProperty(
        name=name,
        instance_type=instance_type,
        instance_count=count,
        market="ON_DEMAND",
        ebs_configuration=_volumes(volume_gb),
    )


def _volumes(volume_gb: int) -> emr.CfnCluster.EbsConfigurationProperty:
    return emr.CfnCluster.EbsConfigurationProperty(
        ebs_block_device_configs=[
            emr.CfnCluster.EbsBlockDeviceConfigProperty(
                volume_specification=emr.CfnCluster.VolumeSpecificationProperty(
                    volume_type="gp3", size_in_gb=volume_gb
                ),
                volumes_per_instance=1,
            )
        ]
    )
