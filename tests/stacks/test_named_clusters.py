"""The stacks of a project with several clusters, and that they leave the main cluster as it is without them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlproject.names import cluster_of_resource
from mlproject.parameters import Deployment, Emr, Fleet, Notebook, Platform
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import BUDGETED, OWNED, ROOT, deployment
from tests.stacks.test_checkers import lint

MAIN = Emr(primary_instance_type="m5.xlarge", core_instance_type="m5.xlarge", libraries="emr", generation=2)
CLUSTERS: Mapping[str, Any] = {
    "arm": {"primary_instance_type": "m7g.xlarge", "core_instance_type": "m7g.xlarge", "termination_protection": False},
    "large": {
        "core_fleet": Fleet(instance_types={"m5.4xlarge": 1}, on_demand_units=2),
        "maximum_count": 8,
        "idle_minutes": 20,
        "generation": 5,
        "step_concurrency": 4,
    },
}
SEVERAL = Emr.model_validate({**MAIN.model_dump(exclude_unset=True), "clusters": CLUSTERS})
EXPLORE = Notebook(name="explore", instance_type="ml.t3.medium")
NAMES = {"main": "alpha-owned-2", "arm": "alpha-owned.arm-2", "large": "alpha-owned.large-5"}


def project(emr: Emr, *notebooks: Notebook) -> Deployment:
    return deployment("alpha", OWNED, emr=emr, notebooks=notebooks, operations=BUDGETED)


def synthesize(folder: Path, project: Deployment) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    platform = Platform(environments={"owned": OWNED}, projects={"alpha": (project,)})
    add_stages(app, platform, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    """A project with the main cluster only."""
    one = project(MAIN, EXPLORE)
    return stacks_of(once(tmp_path_factory, "one-cluster", lambda folder: synthesize(folder, one)))


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    """The same project with more clusters, and a notebook for one of them."""
    heavy = Notebook(name="heavy", instance_type="ml.t3.medium", cluster="large")
    three = project(SEVERAL, EXPLORE, heavy)
    return stacks_of(once(tmp_path_factory, "several-clusters", lambda folder: synthesize(folder, three)))


def clusters(stacks: Mapping[str, Stack]) -> dict[str, dict[str, Any]]:
    """Properties of each cluster, by its name."""
    found = stacks["owned/alpha/emr"].resources("AWS::EMR::Cluster")
    return {cluster_of_resource(name): resource["Properties"] for name, resource in found.items()}


def test_named_clusters_change_no_resource_of_the_main_one(
    alone: Mapping[str, Stack], several: Mapping[str, Stack]
) -> None:
    before, after = (each["owned/alpha/emr"].template for each in (alone, several))
    assert {name: after["Parameters"].get(name) for name in before["Parameters"]} == before["Parameters"]
    changed = {name for name, resource in before["Resources"].items() if after["Resources"].get(name) != resource}
    # EMR may choose another subnet for the fleet of `large`.
    (service,) = (
        name
        for name, resource in before["Resources"].items()
        if resource["Properties"].get("RoleName") == "alpha-owned-emr-service"
    )
    assert changed == {service}


def test_each_cluster_has_its_own_name_restarts_and_address(several: Mapping[str, Stack]) -> None:
    stack = several["owned/alpha/emr"]
    names = {name: cluster["Name"]["Fn::Join"][1] for name, cluster in clusters(several).items()}
    assert names == {
        "main": [NAMES["main"], {"Ref": "Restarts"}],
        "arm": [NAMES["arm"], {"Ref": "RestartsArm"}],
        "large": [NAMES["large"], {"Ref": "RestartsLarge"}],
    }
    assert {"Restarts", "RestartsArm", "RestartsLarge"} <= set(stack.template["Parameters"])
    addresses = {
        parameter["Properties"]["Name"]: parameter["Properties"]["Value"]["Fn::Join"][1][1]["Fn::GetAtt"][0]
        for parameter in stack.resources("AWS::SSM::Parameter").values()
    }
    prefix = "/mlproject/owned/alpha/livy-address"
    assert {name: cluster_of_resource(logical_id) for name, logical_id in addresses.items()} == {
        prefix: "main",
        f"{prefix}-arm": "arm",
        f"{prefix}-large": "large",
    }


def test_clusters_share_roles_groups_encryption_and_logs_and_differ_in_their_own_keys(
    several: Mapping[str, Stack],
) -> None:
    found = clusters(several)
    for key in ("ServiceRole", "JobFlowRole", "SecurityConfiguration", "LogUri", "Configurations", "ReleaseLabel"):
        assert len({json.dumps(each[key], sort_keys=True) for each in found.values()}) == 1, key
    groups = {
        json.dumps([value for key, value in sorted(each["Instances"].items()) if key.endswith("SecurityGroup")])
        for each in found.values()
    }
    assert len(groups) == 1
    assert {name: each["AutoTerminationPolicy"]["IdleTimeout"] for name, each in found.items()} == {
        "main": 3600,
        "arm": 3600,
        "large": 1200,
    }
    assert {name: each["Instances"]["TerminationProtected"] for name, each in found.items()} == {
        "main": True,
        "arm": False,
        "large": True,
    }
    assert "CoreInstanceFleet" in found["large"]["Instances"]
    assert len(found["large"]["Instances"]["Ec2SubnetIds"]) == 2
    assert isinstance(found["main"]["Instances"]["Ec2SubnetId"], dict)
    assert (found["large"].get("StepConcurrencyLevel"), found["main"].get("StepConcurrencyLevel")) == (4, None)


def test_the_nodes_of_each_cluster_install_the_list_for_their_processor(several: Mapping[str, Stack]) -> None:
    lists = {
        name: each["BootstrapActions"][0]["ScriptBootstrapAction"]["Args"][5]
        for name, each in clusters(several).items()
    }
    assert lists == {"main": "emr", "arm": "arm64/emr", "large": "emr"}


def test_every_cluster_is_created_after_and_deleted_before_the_rules_of_the_groups(
    several: Mapping[str, Stack],
) -> None:
    resources = several["owned/alpha/emr"].resources("AWS::EMR::Cluster").values()
    assert len({json.dumps(sorted(each["DependsOn"])) for each in resources}) == 1
    assert all(len(each["DependsOn"]) > 10 for each in resources)


def test_a_notebook_reads_the_address_of_its_own_cluster(several: Mapping[str, Stack]) -> None:
    stack = several["owned/alpha/notebooks"]
    scripts = [
        json.dumps(each["Properties"]["OnStart"])
        for each in stack.resources("AWS::SageMaker::NotebookInstanceLifecycleConfig").values()
    ]
    (explore,) = (each for each in scripts if "alpha-owned-explore" in each)
    (heavy,) = (each for each in scripts if "alpha-owned-heavy" in each)
    assert "livy-address-large" not in explore
    assert "/mlproject/owned/alpha/livy-address-large" in heavy
    text = json.dumps(stack.resources("AWS::IAM::Role"))
    assert text.count(":parameter/mlproject/owned/alpha/livy-address") == 2
    assert "livy-address-arm" not in text


def test_the_failure_of_each_cluster_is_told(several: Mapping[str, Stack]) -> None:
    (rule,) = (
        each["Properties"]["EventPattern"]
        for each in several["owned/alpha/operations"].resources("AWS::Events::Rule").values()
        if each["Properties"]["EventPattern"]["source"] == ["aws.emr"]
    )
    assert [each["prefix"] for each in rule["detail"]["name"]] == [f"{name}-" for name in NAMES.values()]


def test_cfn_lint_has_nothing_to_say_about_several_clusters(several: Mapping[str, Stack]) -> None:
    assert lint([OWNED.region], several["owned/alpha/emr"].template_file) == []
