"""Executors that fit the nodes of a cluster, and the tables of node types that they are derived from."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mlproject.cluster import ExecutorPlan, NodeType, find_node_type, generate_node_types, node_types, plan_executors
from mlproject.errors import UserError
from mlproject.parameters.tables import emr_releases

NAMES = tuple(emr_releases.node_types(emr_releases.releases()[-1]))


def node(name: str) -> NodeType:
    found = find_node_type(name)
    assert found, name
    return found


def documented() -> Iterator[tuple[str, int]]:
    for family, sizes in json.loads(node_types.YARN_MEMORY.read_text())["yarn_memory_mb"].items():
        yield from ((f"{family}.{size}", memory) for size, memory in sizes.items())


def test_the_table_of_node_types_is_fresh() -> None:
    again = "run `python -m mlproject.cluster.generate_node_types`"
    assert node_types.TABLE.read_text() == generate_node_types.render(), again


def test_memory_is_calculated_as_in_the_table_of_aws() -> None:
    table = json.loads(node_types.TABLE.read_text())["node_types"]
    compared = 0
    for name, memory_mb in documented():
        family = name.split(".")[0]
        assert node(name).yarn_memory_mb == memory_mb
        if family not in node_types.FAMILIES_WITHOUT_RULE:
            assert node_types.calculate_yarn_memory(table[family][name][1]) == memory_mb, name
            compared += 1
    assert compared > 250


def test_only_documented_memory_counts_where_the_rule_does_not_hold() -> None:
    assert find_node_type("m1.small") is None
    assert find_node_type("m5.huge") is None
    assert (node("m1.large").yarn_memory_mb, node("m1.large").source) == (5120, "documented")
    assert (node("m8g.xlarge").yarn_memory_mb, node("m8g.xlarge").source) == (11712, "calculated")


@pytest.mark.parametrize(
    ("name", "cores", "memory_mb", "per_node"),
    # m5.4xlarge: 57,344 MB - 2,432 MB for the driver, by 4 executors, by 1.1875.
    [("m5.xlarge", 4, 8300, 1), ("m5.4xlarge", 4, 11561, 4), ("c4.xlarge", 4, 2695, 1), ("r5.24xlarge", 4, 27221, 24)],
)
def test_executors_share_what_the_driver_leaves(name: str, cores: int, memory_mb: int, per_node: int) -> None:
    plan = plan_executors(node(name))
    assert (plan.executor.cores, plan.executor.memory_mb, plan.per_node) == (cores, memory_mb, per_node)
    assert plan.on_nodes(5) == 5 * per_node


def test_on_every_node_type_the_plan_fits_and_a_larger_executor_does_not() -> None:
    small = set()
    for name in NAMES:
        found = find_node_type(name)
        if found is None:
            continue
        try:
            plan = plan_executors(found)
        except UserError:
            small.add(name)
            continue
        used = plan.driver.container_mb + plan.beside_driver * plan.executor.container_mb
        assert plan.beside_driver >= 1, name
        assert used <= found.yarn_memory_mb, name
        assert plan.executor.container_mb <= found.largest_container_mb, name
        assert plan.per_node * plan.executor.cores <= found.vcpus, name
        larger = plan_executors(found, memory_mb=plan.executor.memory_mb + 1) if fits_more(plan) else None
        assert larger is None or larger.beside_driver < plan.beside_driver, name
    assert small == {"c1.medium", "c1.xlarge", "c4.large", "m1.medium"}


def fits_more(plan: ExecutorPlan) -> bool:
    """Whether a container may be larger than the plan's at all."""
    return plan.executor.container_mb + 2 <= plan.node.largest_container_mb


def test_an_executor_beyond_the_room_beside_the_driver_starts_only_on_another_node() -> None:
    plan = plan_executors(node("m5.xlarge"), memory_mb=10_000)
    assert [plan.on_nodes(count) for count in (1, 2, 3)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "memory_mb", "words"),
    [
        ("m5.xlarge", 10_349, "10,348 MB, or choose a larger core_instance_type"),
        ("m1.xlarge", 7_000, r"8,192 MB for it on a core node \(m1.xlarge\)"),
        ("m5.xlarge", 449, "Spark starts no executor with less than 450 MB"),
        ("c4.large", None, "core nodes of type c4.large are too small"),
    ],
)
def test_what_cannot_start_is_rejected_with_the_limit(name: str, memory_mb: int | None, words: str) -> None:
    with pytest.raises(UserError, match=words):
        plan_executors(node(name), memory_mb=memory_mb)
