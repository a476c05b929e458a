"""In a layout, steps do not overlap and arrows do not cross steps."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mlproject.report import StepReport
from mlproject.report.graph import reduce_dependencies
from mlproject.report.layout import Box, Drawing, Spacing, compute_layout
from tests.report import sample
from tests.report.graphs import pipelines, untimed

SPACING = Spacing(width=100, height=60, gap=40, space=10)


def draw(steps: tuple[StepReport, ...], *, downwards: bool) -> Drawing:
    return compute_layout(reduce_dependencies(steps), spacing=SPACING, downwards=downwards)


def apart(first: Box, second: Box) -> bool:
    return (
        first.x + first.width <= second.x
        or second.x + second.width <= first.x
        or first.y + first.height <= second.y
        or second.y + second.height <= first.y
    )


@untimed
@given(pipelines(), st.booleans())
def test_no_two_steps_overlap_and_all_stand_inside_the_drawing(steps: tuple[StepReport, ...], downwards: bool) -> None:
    drawing = draw(steps, downwards=downwards)
    assert sorted(box.name for box in drawing.boxes) == sorted(step.name for step in steps)
    assert all(apart(first, second) for first, second in itertools.combinations(drawing.boxes, 2))
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= drawing.width + 1e-6
        assert box.y + box.height <= drawing.height + 1e-6


@untimed
@given(pipelines())
def test_arrows_run_from_step_to_step_and_through_no_other(steps: tuple[StepReport, ...]) -> None:
    drawing = draw(steps, downwards=False)
    boxes = {box.name: box for box in drawing.boxes}
    edges = reduce_dependencies(steps)
    assert {(arrow.source, arrow.target) for arrow in drawing.arrows} == {
        (parent, child) for child, needed in edges.items() for parent in needed
    }
    for arrow in drawing.arrows:
        source, target = boxes[arrow.source], boxes[arrow.target]
        assert arrow.points[0][0] == (source.x + source.width, source.y + source.height / 2)
        assert arrow.points[-1][1] == (target.x, target.y + target.height / 2)
        # Between two gaps the line runs straight through a layer: no step of that layer stands there.
        for (_, (x, y)), ((further, _), _) in itertools.pairwise(arrow.points):
            assert further == x + SPACING.width
            assert not any(box.x == x and box.y < y < box.y + box.height for box in drawing.boxes)


def test_three_neighbours_from_top_to_bottom_fit_a_telephone() -> None:
    assert draw(sample.STEPS, downwards=True).width == 3 * SPACING.width + 2 * SPACING.space


def test_from_left_to_right_the_flight_pipeline_has_five_layers() -> None:
    drawing = draw(sample.STEPS, downwards=False)
    assert drawing.width == 5 * SPACING.width + 4 * SPACING.gap
    assert len({box.x for box in drawing.boxes}) == 5


def test_a_pipeline_without_steps_is_an_empty_drawing() -> None:
    assert draw((), downwards=True) == Drawing(0.0, 0.0, (), ())
