"""The nodes of clusters that steps create, also of definitions whose values are parameters of the pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlproject.definition import ClusterInstances, cluster_instances
from tests.definition import folders


def nodes(groups: list[dict[str, Any]], **parameters: Any) -> ClusterInstances:
    """Return those of a definition with one step."""
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": {"Get": "Parameters.Most"}}
    config = {"Instances": {"InstanceGroups": groups}, "ManagedScalingPolicy": {"ComputeLimits": limits}}
    step = {"Name": "Join", "Type": "EMR", "Arguments": {"ClusterConfig": config, "StepConfig": {}}}
    declared = [{"Name": "Type", "Type": "String", "DefaultValue": "m5.xlarge"}, {"Name": "Most", "Type": "Integer"}]
    document = {**folders.document(), "Parameters": declared, "Steps": [step]}
    (found,) = cluster_instances(replace(folders.committed(), document=document), parameters)
    return found


PRIMARY = {"InstanceRole": "MASTER", "InstanceType": {"Get": "Parameters.Type"}, "InstanceCount": 1}
CORE = {"InstanceRole": "CORE", "InstanceType": "r5.xlarge", "InstanceCount": 2}


def test_a_type_or_number_can_be_a_parameter_of_the_pipeline() -> None:
    found = nodes([PRIMARY, CORE], Most=5)
    assert found.nodes == {"m5.xlarge": 1, "r5.xlarge": 2}
    assert found.maximum == {"m5.xlarge": 1, "r5.xlarge": 5}
    assert nodes([PRIMARY], Type="m6i.xlarge").nodes == {"m6i.xlarge": 1}


def test_what_only_a_run_knows_is_left_out() -> None:
    counted = {**CORE, "InstanceCount": {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Size.PropertyFiles.Nodes"}}}}
    found = nodes([PRIMARY, counted])
    assert (found.nodes, found.maximum) == ({"m5.xlarge": 1}, {"m5.xlarge": 1})
