"""The reduced graph keeps every dependency, directly or through another step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from mlproject.errors import UserError
from mlproject.report import StepReport
from mlproject.report.graph import find_condition, reduce_dependencies
from tests.report import sample
from tests.report.graphs import pipelines, untimed


def ancestors(name: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    return set(edges[name]).union(*(ancestors(parent, edges) for parent in edges[name]))


def test_arrows_that_others_imply_are_left_out_of_the_flight_pipeline() -> None:
    assert reduce_dependencies(sample.STEPS) == {
        "Prepare": (),
        "Train": ("Prepare",),
        "Evaluate": ("Train",),
        "Better": ("Evaluate",),
        "Register": ("Better",),
        "Score": ("Better",),
        "TooWeak": ("Better",),
    }


@untimed
@given(pipelines())
def test_every_step_keeps_all_it_waits_for_and_comes_after_it(steps: tuple[StepReport, ...]) -> None:
    edges = reduce_dependencies(steps)
    everything = {
        step.name: (*step.depends_on, *([branch[1]] if (branch := find_condition(step)) else [])) for step in steps
    }
    order = list(edges)
    for name in everything:
        assert ancestors(name, edges) == ancestors(name, everything)
        assert all(order.index(parent) < order.index(name) for parent in edges[name])


@untimed
@given(pipelines())
def test_no_arrow_follows_from_two_others(steps: tuple[StepReport, ...]) -> None:
    edges = reduce_dependencies(steps)
    for needed in edges.values():
        for parent in needed:
            assert not any(parent in ancestors(other, edges) for other in needed)


def test_a_dependency_on_an_unknown_step_is_reported_with_both_names() -> None:
    with pytest.raises(UserError, match="step Train depends on Prepared, which the pipeline does not contain"):
        reduce_dependencies((replace(sample.STEPS[1], depends_on=("Prepared",)),))


def test_a_cycle_is_reported_with_its_steps() -> None:
    with pytest.raises(UserError, match="contain a cycle: Prepare, Train"):
        reduce_dependencies((replace(sample.STEPS[0], depends_on=("Train",)), sample.STEPS[1]))
