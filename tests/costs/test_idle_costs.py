"""Costs of an idle deployment: quantities from the parameters, prices from the table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mlproject.aws_rules.network_requirements import interfaces
from mlproject.aws_rules.prices import price
from mlproject.costs import HOURS_PER_MONTH, CostLine, idle_costs, monthly, network_costs
from mlproject.parameters import Emr, EmrServerless, Environment, Fleet, load_parameters
from tests.checkouts import EXAMPLE
from tests.stacks.examples import (
    BUDGETED,
    EXISTING,
    EXPLORE,
    JOINED,
    LARGE,
    LENT,
    OWNED,
    PLAIN,
    PLATFORM,
    WATCHED,
    deployment,
)


def lines(found: tuple[CostLine, ...], stack: str) -> dict[str, CostLine]:
    return {line.what: line for line in found if line.stack == stack}


def moved(environment: Environment, region: str) -> Environment:
    return environment.model_copy(update={"region": region})


def test_an_isolated_network_in_ireland_costs_its_endpoints_in_each_zone_and_a_key() -> None:
    # Four endpoints without notebooks and clusters, two zones, 730 hours, 0.011 USD; a key of 1 USD.
    ireland = moved(OWNED, "eu-west-1")
    found = network_costs(ireland, [deployment("alpha", ireland)])
    assert monthly(found) == Decimal("64.24") + 1
    assert {line.stack for line in found} == {"owned/network"}


def test_every_endpoint_more_costs_the_same_again() -> None:
    plain = network_costs(OWNED, [deployment("alpha", OWNED)])
    more = network_costs(OWNED, [deployment("alpha", OWNED, existing_data=EXISTING)])
    added, before = monthly(more), monthly(plain)
    assert added is not None
    assert before is not None
    assert added - before == 2 * 2 * HOURS_PER_MONTH * Decimal("0.01")


def test_an_imported_network_pays_s3s_endpoint_too_and_has_no_flow_logs() -> None:
    imported = moved(JOINED, "us-east-1")
    deployments = [deployment("alpha", imported)]
    found = network_costs(imported, deployments)
    assert monthly(found) == (len(interfaces(deployments)) + 1) * 3 * HOURS_PER_MONTH * Decimal("0.01")


def test_a_network_whose_endpoints_exist_costs_this_application_nothing() -> None:
    assert network_costs(LENT, [deployment("alpha", LENT)]) == ()


def test_a_price_that_is_not_known_makes_the_sum_unknown_instead_of_smaller() -> None:
    assert price("interface-endpoint", region="eu-central-1") is None
    found = network_costs(JOINED, [deployment("alpha", JOINED)])
    assert [line.usd for line in found] == [None]
    assert monthly(found) is None


def test_a_project_with_nothing_optional_costs_its_key() -> None:
    found = idle_costs(deployment("alpha", OWNED))
    assert monthly(found) == 1
    assert [line.stack for line in found if line.usd] == ["owned/alpha/storage"]
    assert {line.stack for line in found} == {"owned/alpha/storage", "owned/alpha/pipeline"}


def test_a_notebook_costs_its_volume_while_it_is_stopped_and_its_machine_only_while_it_runs() -> None:
    found = idle_costs(deployment("alpha", OWNED, notebooks=(EXPLORE,)))
    own = lines(found, "owned/alpha/notebooks")
    assert own["volume of explore"].usd == 50 * Decimal("0.14")
    assert own["explore, while it runs"].usd == Decimal("0.23")
    assert own["explore, while it runs"].per == "hour"
    assert monthly(found) == 1 + 7


def test_a_cluster_costs_nothing_once_it_has_ended_and_its_nodes_and_emrs_fee_while_it_is_up() -> None:
    found = lines(idle_costs(deployment("alpha", OWNED, emr=PLAIN)), "owned/alpha/emr")
    idle = [line for line in found.values() if line.per == "month"]
    assert [line.usd for line in idle] == [0]
    assert found["2 x m5.xlarge, while the cluster is up"].usd == 2 * Decimal("0.192")
    # No dated source says what EMR adds, so nothing is said.
    assert found["EMR's fee for 2 x m5.xlarge"].usd is None
    volumes = found["the nodes' volumes for data"].usd
    assert volumes is not None
    assert round(volumes * HOURS_PER_MONTH, 6) == 2 * 64 * Decimal("0.08")


def test_nodes_of_two_types_are_priced_each_by_itself() -> None:
    found = lines(idle_costs(deployment("alpha", OWNED, emr=LARGE)), "owned/alpha/emr")
    assert found["1 x m5.xlarge, while the cluster is up"].usd == Decimal("0.192")
    assert found["2 x r5.2xlarge, while the cluster is up"].usd is None


def test_fleets_are_priced_by_their_first_types_and_spot_at_the_on_demand_price() -> None:
    core = Fleet(instance_types={"m5.xlarge": 1, "m5a.xlarge": 1}, on_demand_units=1, spot_units=1)
    task = Fleet(instance_types={"m5.2xlarge": 2, "m5.xlarge": 1}, spot_units=3)
    emr = Emr(primary_instance_type="m5.xlarge", core_fleet=core, task_fleet=task, maximum_count=8, volume_gb=100)
    found = lines(idle_costs(deployment("alpha", OWNED, emr=emr)), "owned/alpha/emr")
    quantities = {what: line.quantity for what, line in found.items()}
    assert quantities["2 x m5.xlarge, while the cluster is up"] == 2
    assert quantities["EMR's fee for 2 x m5.xlarge"] == 2
    assert quantities["1 x m5.xlarge on Spot, at the On-Demand price, while the cluster is up"] == 1
    assert quantities["2 x m5.2xlarge on Spot, at the On-Demand price, while the cluster is up"] == 2
    assert quantities["EMR's fee for 2 x m5.2xlarge on Spot"] == 2
    assert quantities["the nodes' volumes for data"] == Decimal(500) / HOURS_PER_MONTH


def test_each_cluster_of_several_is_priced_with_its_own_nodes_and_idle_time() -> None:
    clusters = {"large": {"core_instance_type": "m5.4xlarge", "core_count": 2, "idle_minutes": 20}}
    emr = Emr.model_validate({**PLAIN.model_dump(exclude_unset=True), "clusters": clusters})
    found = lines(idle_costs(deployment("alpha", OWNED, emr=emr)), "owned/alpha/emr")
    assert found["2 x m5.xlarge, while the cluster is up"].idle_minutes == 60
    assert found["large: 1 x m5.xlarge, while the cluster is up"].quantity == 1
    assert found["large: 2 x m5.4xlarge, while the cluster is up"].idle_minutes == 20
    assert found["large: no cluster: it ends after 20 minutes without work"].usd == 0


def test_an_application_costs_nothing_idle_and_the_workers_with_which_a_job_starts_while_it_runs() -> None:
    found = lines(
        idle_costs(deployment("alpha", OWNED, emr_serverless=EmrServerless(maximum_vcpus=400))),
        "owned/alpha/emr-serverless",
    )
    assert [line.usd for line in found.values() if line.per == "month"] == [0]
    vcpus, memory = found["16 vCPUs, while jobs run"], found["64 GB of memory, while jobs run"]
    assert (vcpus.usd, memory.usd) == (16 * Decimal("0.052624"), 64 * Decimal("0.0057785"))
    assert (vcpus.per, vcpus.idle_minutes) == ("hour", 0)


def test_an_application_smaller_than_these_workers_costs_its_maximum_and_arm_has_prices_of_its_own() -> None:
    small = EmrServerless(maximum_vcpus=8, maximum_memory_gb=40, architecture="arm64")
    found = lines(idle_costs(deployment("alpha", OWNED, emr_serverless=small)), "owned/alpha/emr-serverless")
    vcpus, memory = found["8 vCPUs, while jobs run"], found["40 GB of memory, while jobs run"]
    assert (vcpus.item, memory.item) == ("emr-serverless-arm/vcpu", "emr-serverless-arm/gb")
    assert (vcpus.usd, memory.usd) == (None, None)


def test_operations_cost_their_alarms_and_the_dashboard() -> None:
    found = lines(idle_costs(deployment("alpha", OWNED, operations=BUDGETED)), "owned/alpha/operations")
    assert found["2 alarms"].usd == Decimal("0.2")
    assert found["dashboard"].usd == 3
    more = idle_costs(deployment("alpha", OWNED, operations=WATCHED, notebooks=(EXPLORE,), emr=PLAIN))
    assert "6 alarms" in lines(more, "owned/alpha/operations")


def test_what_works_for_the_local_environment_works_for_every_deployment() -> None:
    for platform in (load_parameters(EXAMPLE), PLATFORM):
        for each in platform.deployments():
            found = idle_costs(each)
            assert all(line.stack.startswith(f"{each.names.path}/") for line in found)
            assert all(line.what and line.quantity > 0 for line in found)
            assert len({(line.stack, line.what) for line in found}) == len(found)


def test_every_price_says_where_it_is_from() -> None:
    for each in load_parameters(EXAMPLE).deployments():
        for line in idle_costs(each):
            assert line.price is None or line.price.source


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_the_real_project_and_its_network_are_priced_while_idle_in(region: str) -> None:
    platform = load_parameters(EXAMPLE)
    for each in platform.deployments():
        here = moved(each.environment, region)
        assert monthly(idle_costs(each.model_copy(update={"environment": here}))) is not None
        assert monthly(network_costs(here, [each])) is not None
