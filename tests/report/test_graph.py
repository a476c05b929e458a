"""Which step waits for which: nothing lost, nothing said twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from mlproject.errors import UserError
from mlproject.report import StepReport
from mlproject.report.graph import condition_of, parents
from tests.report import sample
from tests.report.graphs import pipelines, untimed


def ancestors(name: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    return set(edges[name]).union(*(ancestors(parent, edges) for parent in edges[name]))


def test_arrows_that_others_imply_are_left_out_of_the_flight_pipeline() -> None:
    assert parents(sample.STEPS) == {
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
    edges = parents(steps)
    everything = {
        step.name: (*step.depends_on, *([branch[1]] if (branch := condition_of(step)) else [])) for step in steps
    }
    order = list(edges)
    for name in everything:
        assert ancestors(name, edges) == ancestors(name, everything)
        assert all(order.index(parent) < order.index(name) for parent in edges[name])


@untimed
@given(pipelines())
def test_no_arrow_follows_from_two_others(steps: tuple[StepReport, ...]) -> None:
    edges = parents(steps)
    for needed in edges.values():
        for parent in needed:
            assert not any(parent in ancestors(other, edges) for other in needed)


def test_a_step_that_waits_for_an_unknown_one_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="step Train waits for Prepared, which the pipeline does not have"):
        parents((replace(sample.STEPS[1], depends_on=("Prepared",)),))


def test_a_circle_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="in a circle: Prepare, Train"):
        parents((replace(sample.STEPS[0], depends_on=("Train",)), sample.STEPS[1]))
