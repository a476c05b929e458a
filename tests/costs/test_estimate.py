"""Monthly estimates: hours, runs and volumes from the parameters and the assumptions, prices from the table."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from mlproject.costs import Assumptions, CostLine, Estimate, estimate_costs, total
from mlproject.costs.chart import build_cost_chart
from mlproject.definition import read_definition, with_engine
from mlproject.parameters import Deployment, EmrServerless, Pipeline, Schedule
from mlproject.parameters.schedule.frequency import runs_per_year
from tests.checkouts import ROOT
from tests.stacks.examples import EXPLORE, LENT, OWNED, PLAIN, WATCHED, deployment
from tests.stacks.serving_examples import COMPLETE

DEFINITION = read_definition(ROOT / "pipelines" / "flight_delays")
NOBODY = Assumptions(
    work_days=Decimal(0),
    notebook_hours=Decimal(0),
    cluster_hours=Decimal(0),
    manual_runs=Decimal(0),
    step_minutes=Decimal(0),
    data_gb=Decimal(0),
)


def estimate(each: Deployment, assumptions: Assumptions = NOBODY, *others: Deployment) -> Estimate:
    return estimate_costs(each, (each, *others), DEFINITION, assumptions)


def line(found: Estimate, component: str, start: str) -> CostLine:
    (only,) = [each for each in found.components[component] if each.what.startswith(start)]
    return only


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("cron(0 4 * * ? *)", 365),
        ("cron(0 4,16 ? * MON-FRI *)", 2 * 261),
        ("cron(0/15 8 1 * ? *)", 4 * 12),
        ("cron(0 0 L FEB ? *)", 1),
        # Some years only: counted as in one of them.
        ("cron(0 4 * * ? 2030-2031)", 365),
        ("rate(12 hours)", 730),
        ("rate(1 day)", 365),
        ("rate(90 minutes)", 5840),
    ],
)
def test_the_runs_of_a_schedule_are_counted_over_a_year(expression: str, runs: int) -> None:
    assert runs_per_year(expression) == runs


def test_a_notebook_runs_for_the_hours_of_work_and_the_idle_time_of_each_day() -> None:
    each = deployment("alpha", OWNED, notebooks=(EXPLORE.model_copy(update={"idle_minutes": 90}),))
    used = Assumptions(work_days=Decimal(10), notebook_hours=Decimal(2))
    found = line(estimate(each, used), "notebooks", "explore")
    assert found.quantity == 10 * (2 + Decimal("1.5"))
    assert found.usd == 35 * Decimal("0.23")
    always = Assumptions(work_days=Decimal(31), notebook_hours=Decimal(23))
    assert line(estimate(each, always), "notebooks", "explore").quantity == 730
    # Without work it is never started, so it has no idle time either.
    assert line(estimate(each), "notebooks", "explore").usd == 0


def test_the_nodes_fee_and_volumes_of_a_cluster_are_paid_for_its_own_hours() -> None:
    each = deployment("alpha", OWNED, emr=PLAIN.model_copy(update={"idle_minutes": 60}))
    found = estimate(each, Assumptions(work_days=Decimal(20), notebook_hours=Decimal(9), cluster_hours=Decimal(3)))
    assert line(found, "emr", "2 x m5.xlarge").usd == 2 * 80 * Decimal("0.192")
    assert line(found, "emr", "EMR's fee").usd is None
    assert total(found.components["emr"]).unknown == 1


def test_the_jobs_of_an_application_are_paid_for_the_hours_of_the_cluster_without_idle_time() -> None:
    each = deployment("alpha", OWNED, emr_serverless=EmrServerless(idle_minutes=60))
    found = estimate(each, Assumptions(work_days=Decimal(20), notebook_hours=Decimal(9), cluster_hours=Decimal(3)))
    assert line(found, "emr-serverless", "16 vCPUs").usd == 16 * 60 * Decimal("0.052624")
    assert line(found, "emr-serverless", "64 GB of memory").usd == 64 * 60 * Decimal("0.0057785")


def test_a_run_pays_the_instances_and_volumes_of_each_job_by_schedule_and_by_hand() -> None:
    scheduled = WATCHED.model_copy(update={"schedule": Schedule(expression="rate(1 day)")})
    each = deployment("alpha", OWNED, operations=scheduled)
    used = Assumptions(manual_runs=Decimal(5), step_minutes=Decimal(30))
    runs = Decimal(365) / 12 + 5
    found = estimate(each, used)
    # Prepare, Evaluate and Score on ml.m5.large; Train on one.
    processing = line(found, "pipeline", "35.4 runs with 3 x ml.m5.large for processing").usd
    training = line(found, "pipeline", "35.4 runs with 1 x ml.m5.large for training").usd
    assert processing == pytest.approx(runs * 3 * Decimal("0.5") * Decimal("0.115"))
    assert training == pytest.approx(runs * Decimal("0.5") * Decimal("0.115"))
    volumes = line(found, "pipeline", "35.4 runs with 90 GB of processing").quantity
    assert volumes == pytest.approx(90 * runs * Decimal("0.5") / 730)
    other = each.model_copy(
        update={"pipeline": each.require_pipeline().model_copy(update={"parameters": {"InstanceType": "ml.m5.xlarge"}})}
    )
    assert line(estimate(other, used), "pipeline", "35.4 runs with 1 x ml.m5.xlarge for training").usd == 2 * training
    assert "pipeline" not in estimate(each.model_copy(update={"operations": None})).components


def test_a_run_with_spark_pays_the_nodes_fee_and_volumes_of_the_cluster_instead_of_the_job() -> None:
    emr = PLAIN.model_copy(update={"core_instance_type": "m5.2xlarge", "core_count": 2, "volume_gb": 100})
    pipeline = Pipeline(folder="flight_delays", engine="spark")
    each = deployment("alpha", OWNED, emr=emr).model_copy(update={"pipeline": pipeline})
    used = Assumptions(manual_runs=Decimal(10), step_minutes=Decimal(30))
    found = estimate_costs(each, (each,), with_engine(DEFINITION, each, bootstrap=()), used)
    assert line(found, "pipeline", "10 runs with 1 x m5.xlarge for Spark").usd == 5 * Decimal("0.192")
    assert line(found, "pipeline", "10 runs with 2 x m5.2xlarge for Spark").quantity == 10
    assert line(found, "pipeline", "EMR's fee for 2 x m5.2xlarge").item == "emr/m5.2xlarge"
    volumes = line(found, "pipeline", "10 runs with 300 GB of the nodes' volumes")
    assert volumes.quantity == pytest.approx(300 * 5 / Decimal(730))
    # Prepare is no job any more.
    assert line(found, "pipeline", "10 runs with 2 x ml.m5.large for processing")


def test_a_run_with_spark_on_an_application_pays_the_workers_with_which_each_job_starts() -> None:
    pipeline = Pipeline(folder="flight_delays", engine="spark")
    each = deployment("alpha", OWNED, emr_serverless=EmrServerless(maximum_vcpus=8, maximum_memory_gb=400))
    each = each.model_copy(update={"pipeline": pipeline, "emr": None})
    used = Assumptions(manual_runs=Decimal(10), step_minutes=Decimal(30))
    found = estimate_costs(each, (each,), with_engine(DEFINITION, each, bootstrap=()), used)
    assert line(found, "pipeline", "10 runs with 1 x 8 vCPUs for Spark").quantity == 8 * 5
    assert line(found, "pipeline", "10 runs with 1 x 64 GB of memory for Spark").item == "emr-serverless/gb"


def test_the_cost_of_a_steps_cluster_with_fleets_is_unknown() -> None:
    config = {"Instances": {"InstanceFleets": [{"InstanceFleetType": "MASTER"}]}}
    step = {"Name": "Join", "Type": "EMR", "Arguments": {"ClusterConfig": config, "StepConfig": {}}}
    definition = replace(DEFINITION, document={**DEFINITION.document, "Steps": [step]})
    each = deployment("alpha", OWNED)
    found = estimate_costs(each, (each,), definition, Assumptions(manual_runs=Decimal(1)))
    assert line(found, "pipeline", "1 runs of the cluster of step Join").usd is None
    assert total(found.components["pipeline"]).unknown == 1


def test_a_real_time_endpoint_and_scheduled_batches_are_components_of_their_own() -> None:
    found = estimate(deployment("alpha", OWNED, serving=COMPLETE), Assumptions(step_minutes=Decimal(60)))
    batch = line(found, "serving", "30.4 batch transforms")
    assert COMPLETE.batch
    assert batch.item == f"transform/{COMPLETE.batch.instance_type}"
    assert batch.quantity == pytest.approx(Decimal(365) / 12 * COMPLETE.batch.instance_count)
    assert line(found, "serving", "2 x ml.m5.large of the endpoint").usd == 2 * 730 * Decimal("0.115")


def test_the_network_is_counted_in_full_and_names_who_shares_it() -> None:
    each, other = deployment("alpha", OWNED), deployment("zeta", OWNED, emr=PLAIN)
    alone, shared = estimate(each), estimate(each, NOBODY, other)
    assert shared.shared_by == ("alpha", "zeta")
    assert total(shared.components["network"]).usd > total(alone.components["network"]).usd
    assert "network" not in estimate(deployment("alpha", LENT)).components


def test_an_unknown_price_is_counted_and_not_added() -> None:
    elsewhere = OWNED.model_copy(update={"region": "eu-central-1"})
    found = total(estimate(deployment("alpha", elsewhere), Assumptions()).lines)
    # Only the two keys have a price in every region.
    assert found.usd == 2
    assert found.unknown == 6


def test_the_chart_has_a_part_for_each_component_and_tells_the_unknown_ones() -> None:
    dear = deployment("alpha", OWNED, notebooks=(EXPLORE,), emr=PLAIN, operations=WATCHED)
    image = build_cost_chart("alpha", [estimate(dear, Assumptions()), estimate(deployment("alpha", LENT))])
    root = ElementTree.fromstring(image)  # noqa: S314  (written here)
    titles = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "Estimated monthly cost of alpha"
    assert [title.partition(":")[0] for title in titles[1:7]] == [
        "network", "storage", "pipeline", "notebooks", "emr", "operations",
    ]  # fmt: skip
    widths = [float(element.get("width", "0")) for element in root.iter() if element.find("{*}title") is not None]
    assert max(widths[1:]) < 720
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.endswith(" unknown") for text in texts)
