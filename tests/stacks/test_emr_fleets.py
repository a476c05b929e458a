"""The emr stack of a cluster with fleets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.resource_rules import resource_rules
from mlproject.parameters import Emr, Fleet, Platform
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import OWNED, ROOT, deployment
from tests.stacks.test_checkers import lint

CORE = Fleet(instance_types={"m5.xlarge": 1, "m5a.xlarge": 1}, on_demand_units=2)
TASK = Fleet(instance_types={"m5.2xlarge": 2, "m5.xlarge": 1}, spot_units=4)
MIXED = Emr(
    primary_instance_type="m5.large",
    core_fleet=CORE,
    task_fleet=TASK,
    maximum_count=12,
    spot_timeout_minutes=10,
    volume_gb=80,
)
ON_DEMAND = Emr(primary_instance_type="m5.large", core_fleet=CORE, maximum_count=6)
PATH = "owned/mixed/emr"


@pytest.fixture(scope="session")
def fleet_stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    def make(folder: Path) -> None:
        from stacks.application import add_stages, create_app

        projects = {
            "mixed": (deployment("mixed", OWNED, emr=MIXED),),
            "plain": (deployment("plain", OWNED, emr=ON_DEMAND),),
        }
        app = create_app(ROOT, outdir=str(folder))
        add_stages(app, Platform(environments={"owned": OWNED}, projects=projects), pipelines=ROOT / "pipelines")
        app.synth()

    return stacks_of(once(tmp_path_factory, "fleets", make))


def cluster_of(stacks: Mapping[str, Stack], path: str = PATH) -> dict[str, Any]:
    return stacks[path].only("AWS::EMR::Cluster")


def test_fleets_take_the_place_of_instance_groups(fleet_stacks: Mapping[str, Stack]) -> None:
    instances = cluster_of(fleet_stacks)["Instances"]
    assert not [key for key in instances if "Group" in key and "Instance" in key]
    (task,) = instances["TaskInstanceFleets"]
    fleets = [instances["MasterInstanceFleet"], instances["CoreInstanceFleet"], task]
    targets = [(each["TargetOnDemandCapacity"], each.get("TargetSpotCapacity")) for each in fleets]
    assert targets == [(1, None), (2, 0), (0, 4)]
    assert {each["InstanceType"]: each["WeightedCapacity"] for each in task["InstanceTypeConfigs"]} == (
        TASK.instance_types
    )
    for each in task["InstanceTypeConfigs"]:
        (volume,) = each["EbsConfiguration"]["EbsBlockDeviceConfigs"]
        assert volume["VolumeSpecification"] == {"VolumeType": "gp3", "SizeInGB": 80}
    assert task["LaunchSpecifications"]["SpotSpecification"] == {
        "AllocationStrategy": "price-capacity-optimized",
        "TimeoutAction": "SWITCH_TO_ON_DEMAND",
        "TimeoutDurationMinutes": 10,
    }
    assert "SpotSpecification" not in instances["CoreInstanceFleet"]["LaunchSpecifications"]
    assert "TaskInstanceFleets" not in cluster_of(fleet_stacks, "owned/plain/emr")["Instances"]


def test_managed_scaling_counts_units_and_adds_only_spot_and_task_nodes(fleet_stacks: Mapping[str, Stack]) -> None:
    limits = {
        path: cluster_of(fleet_stacks, path)["ManagedScalingPolicy"]["ComputeLimits"]
        for path in (PATH, "owned/plain/emr")
    }
    units = {"UnitType": "InstanceFleetUnits", "MinimumCapacityUnits": 2}
    assert limits == {
        PATH: {
            **units,
            "MaximumCapacityUnits": 12,
            "MaximumOnDemandCapacityUnits": 2,
            "MaximumCoreCapacityUnits": 2,
        },
        "owned/plain/emr": {**units, "MaximumCapacityUnits": 6},
    }


def test_emr_chooses_one_of_the_private_subnets_and_may_create_nodes_in_each(
    fleet_stacks: Mapping[str, Stack],
) -> None:
    stack = fleet_stacks[PATH]
    instances = cluster_of(fleet_stacks)["Instances"]
    assert "Ec2SubnetId" not in instances
    subnets = instances["Ec2SubnetIds"]
    assert len(subnets) == 2
    (creating,) = (
        statement
        for role in stack.resources("AWS::IAM::Role").values()
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Sid"] == "CreateInNetwork"
    )
    text = json.dumps(creating["Resource"])
    assert text.count(":subnet/") == 2
    assert all(json.dumps(subnet) in text for subnet in subnets)


def test_units_change_in_place_and_another_type_replaces_the_cluster() -> None:
    rules = resource_rules("AWS::EMR::Cluster", region="eu-west-1")
    for fleet in ("CoreInstanceFleet", "TaskInstanceFleets/*"):
        for target in ("TargetOnDemandCapacity", "TargetSpotCapacity"):
            assert rules.recreation(f"Instances/{fleet}/{target}") == "Never"
        assert rules.recreation(f"Instances/{fleet}/InstanceTypeConfigs") == "Always"
        assert rules.recreation(f"Instances/{fleet}/LaunchSpecifications") == "Always"


def test_cfn_lint_has_nothing_to_say_about_fleets(fleet_stacks: Mapping[str, Stack]) -> None:
    assert lint([OWNED.region], fleet_stacks[PATH].template_file) == []
