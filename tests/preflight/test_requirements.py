"""What the projects of an environment require at the same time."""

from __future__ import annotations

from mlproject.definition import read_definition, with_engine
from mlproject.parameters import Emr, Fleet, Pipeline
from mlproject.preflight import account_requirements
from tests.checkouts import ROOT
from tests.stacks.examples import OWNED, deployment


def test_a_tuning_step_needs_an_instance_for_each_job_that_runs_at_the_same_time() -> None:
    project = deployment("alpha", OWNED).model_copy(update={"pipeline": Pipeline(folder="digits", parallel_steps=1)})
    definitions = {"alpha": read_definition(ROOT / "pipelines" / "digits")}
    requirements = account_requirements(OWNED, [project], definitions)
    assert requirements.instances == {("ml.m5.large", "processing job"): 1, ("ml.m5.large", "training job"): 2}


def test_a_step_that_creates_a_cluster_needs_its_nodes_beside_those_of_the_projects_cluster() -> None:
    emr = Emr(primary_instance_type="m5.xlarge", core_instance_type="r5.2xlarge", core_count=2, maximum_count=7)
    pipeline = Pipeline(folder="flight_delays", engine="spark")
    project = deployment("alpha", OWNED, emr=emr).model_copy(update={"pipeline": pipeline})
    other = project.model_copy(update={"project": "beta", "pipeline": None})
    definition = read_definition(ROOT / "pipelines" / "flight_delays")
    definitions = {"alpha": with_engine(definition, project, bootstrap=())}
    requirements = account_requirements(OWNED, [project, other], definitions)
    assert requirements.node_types == {"m5.xlarge": 3, "r5.2xlarge": 21}
    assert requirements.instances[("ml.m5.large", "processing job")] == 2


def test_all_clusters_of_a_project_can_run_at_the_same_time() -> None:
    clusters = {"large": {"core_instance_type": "r5.xlarge", "maximum_count": 10}, "same": {}}
    emr = Emr.model_validate(
        {"primary_instance_type": "m5.xlarge", "core_instance_type": "m5.xlarge", "clusters": clusters}
    )
    project = deployment("alpha", OWNED, emr=emr).model_copy(update={"pipeline": None})
    requirements = account_requirements(OWNED, [project], {})
    assert set(requirements.clusters) == {"alpha-owned", "alpha-owned.large", "alpha-owned.same"}
    assert requirements.node_types == {"m5.xlarge": 3 + 3 + 3, "r5.xlarge": 10}


def test_a_fleet_may_consist_of_on_demand_nodes_of_any_of_its_types() -> None:
    core = Fleet(instance_types={"m5.2xlarge": 2, "m5.xlarge": 1}, on_demand_units=1)
    task = Fleet(instance_types={"m5a.xlarge": 1}, spot_units=4)
    emr = Emr(primary_instance_type="m5.xlarge", core_fleet=core, task_fleet=task, maximum_count=9)
    project = deployment("alpha", OWNED, emr=emr).model_copy(update={"pipeline": None})
    requirements = account_requirements(OWNED, [project], {})
    assert requirements.node_types == {"m5.xlarge": 1, "m5.2xlarge": 5, "m5a.xlarge": 0}
    # Zones are checked for each type.
    assert set(requirements.node_types) == {"m5.xlarge", "m5.2xlarge", "m5a.xlarge"}
