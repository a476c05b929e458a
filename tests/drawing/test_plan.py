"""Nodes, texts, lines and labels of a plan do not overlap."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings

from mlproject.drawing import Panel, Plan, routing
from mlproject.drawing.labels import Area, Label, area, place_labels
from mlproject.drawing.layout import PlanLayout, Rectangle, compute_layout
from mlproject.drawing.routing import Bundle, Track, between, route_links
from tests.drawing.plans import CROWDED, USUAL, any_plan, link, node

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def apart(one: Rectangle, other: Rectangle) -> bool:
    return one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return outer.contains(inner.x, inner.y) and outer.contains(inner.right, inner.bottom)


def texts_of(layout: PlanLayout) -> list[Rectangle]:
    return [text for panel in layout.panels for text in (panel.title, panel.more) if text]


def routed(plan: Plan) -> tuple[PlanLayout, tuple[Bundle, ...]]:
    layout = compute_layout(plan)
    bundles = route_links(plan.links, layout.nodes, width=layout.width, height=layout.height, texts=texts_of(layout))
    return layout, bundles


def labelled(plan: Plan) -> tuple[PlanLayout, tuple[Bundle, ...], tuple[Label | None, ...]]:
    layout, bundles = routed(plan)
    labels = place_labels(
        bundles,
        bounds=Rectangle(0, 0, layout.width, layout.height),
        occupied=[*layout.nodes.values(), *texts_of(layout)],
        panels=[panel.rectangle for panel in layout.panels],
    )
    return layout, bundles, labels


def legs(bundle: Bundle) -> Iterator[tuple[Track, Track]]:
    for path in bundle.paths:
        yield from itertools.pairwise(path)


@few
@given(any_plan())
def test_panels_nodes_and_texts_stand_apart_and_inside_the_picture(plan: Plan) -> None:
    layout = compute_layout(plan)
    whole = Rectangle(0, 0, layout.width, layout.height)
    panels = [panel.rectangle for panel in layout.panels]
    assert len(panels) == len(plan.panels)
    assert all(inside(panel, whole) for panel in panels)
    assert all(apart(one, other) for one, other in itertools.combinations(panels, 2))
    for placed in layout.panels:
        texts = [text for text in (placed.title, placed.more) if text]
        own = [*(layout.nodes[node.id] for node in placed.panel.nodes), *texts]
        assert all(inside(shape, placed.rectangle) for shape in own)
        assert all(apart(one, other) for one, other in itertools.combinations(own, 2))
        assert " ".join(placed.lines).split() == placed.panel.more.split()


@few
@given(any_plan())
def test_a_line_runs_from_its_source_to_its_target_and_over_no_node_or_text(plan: Plan) -> None:
    layout, bundles = routed(plan)
    assert sorted((source, bundle.label, bundle.target) for bundle in bundles for source in bundle.sources) == sorted(
        (link.source, link.label, link.target) for link in plan.links
    )
    shapes = [*layout.nodes.values(), *texts_of(layout)]
    for bundle in bundles:
        covered: set[Track] = set()
        for source, path in zip(bundle.sources, bundle.paths, strict=True):
            points = [point for start, end in itertools.pairwise(path) for point in between(start, end)]
            assert layout.nodes[source].contains(*path[0])
            assert layout.nodes[bundle.target].contains(*path[-1]) or (
                path[-1] in bundle.joints and path[-1] in covered
            )
            assert all(0 < x < layout.width and 0 < y < layout.height for x, y in points)
            between_ends = [point for point in points if point not in (path[0], path[-1])]
            assert not any(shape.contains(*point) for shape in shapes for point in between_ends)
            covered.update(points)


TWO_WAYS = Plan(
    title="two ways",
    panels=(Panel(title="", nodes=tuple(map(node, ("a", "b", "c", "d")))),),
    links=(link("a", "reads", "d"), link("d", "reads, writes", "a")),
)


@few
@given(any_plan())
@example(TWO_WAYS)
@example(USUAL)
@example(CROWDED)
def test_a_label_stands_on_its_own_line_and_over_nothing_else_but_a_crossing(plan: Plan) -> None:
    layout, bundles, labels = labelled(plan)
    shapes = [area(shape) for shape in (*layout.nodes.values(), *texts_of(layout))]
    whole = area(Rectangle(0, 0, layout.width, layout.height))
    placed = [label for label in labels if label]
    assert all(whole.contains(label.area) for label in placed)
    assert not any(one.area.overlaps(other.area) for one, other in itertools.combinations(placed, 2))
    assert not any(label.area.overlaps(shape) for label in placed for shape in shapes)
    for bundle, label in zip(bundles, labels, strict=True):
        if label:
            assert label.text == bundle.label
            assert any(label.area.overlaps(leg_area(*leg)) for leg in legs(bundle))
            others = [leg_area(*leg) for other in bundles if other != bundle for leg in legs(other)]
            covered = [other for other in others if label.area.overlaps(other)]
            assert all(other.top < label.area.top and label.area.bottom < other.bottom for other in covered)
            assert not covered or any(horizontal(*leg) and label.area.overlaps(leg_area(*leg)) for leg in legs(bundle))


def horizontal(start: Track, end: Track) -> bool:
    return start[1] == end[1]


def leg_area(start: Track, end: Track) -> Area:
    where = Rectangle(min(start[0], end[0]), min(start[1], end[1]), abs(start[0] - end[0]), abs(start[1] - end[1]))
    line = area(where)
    return Area(line.left - 1, line.top - 1, line.right + 1, line.bottom + 1)


@few
@given(any_plan())
def test_no_two_lines_share_a_track_where_there_is_a_free_one_and_none_bends_or_ends_on_another(plan: Plan) -> None:
    assert not shared_points(plan) or not has_free_tracks(plan)


def shared_points(plan: Plan) -> set[Track]:
    """Return the points at which two bundles run along, bend or end on the same track."""
    _, bundles = routed(plan)
    shared: set[Track] = set()
    level: dict[Track, int] = {}
    upright: dict[Track, int] = {}
    for number, bundle in enumerate(bundles):
        for start, end in legs(bundle):
            along = level if start[1] == end[1] else upright
            shared.update(point for point in between(start, end) if along.setdefault(point, number) != number)
        for corner in {point for leg in legs(bundle) for point in leg}:
            if {level.setdefault(corner, number), upright.setdefault(corner, number)} != {number}:
                shared.add(corner)
    return shared


def has_free_tracks(plan: Plan) -> bool:
    """Whether each line reaches its target without the tracks of others; a gap has room for some lines only."""
    with patch.object(routing, "_SHARING", math.inf):
        try:
            routed(plan)
        except ValueError:
            return False
    return True


@pytest.mark.parametrize("plan", [USUAL, CROWDED], ids=["usual", "crowded"])
def test_lines_of_plans_with_room_share_nothing(plan: Plan) -> None:
    assert shared_points(plan) == set()


def test_in_a_plan_of_six_stacks_every_label_has_a_place() -> None:
    _, _, labels = labelled(USUAL)
    assert all(labels)


def test_lines_with_one_target_and_one_label_come_together() -> None:
    _, bundles = routed(USUAL)
    (bundle,) = [bundle for bundle in bundles if (bundle.target, bundle.label) == ("topic", "alerts")]
    assert sorted(bundle.sources) == ["alarms", "budget", "rules"]
    assert len(bundles) == len({(link.target, link.label) for link in USUAL.links})


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_wide_panels_are_as_wide_as_all_columns(columns: int) -> None:
    narrow = [Panel(title="", nodes=(node(f"n{number}"),), column=number) for number in range(columns)]
    wide = Panel(title="", nodes=tuple(node(f"w{number}") for number in range(7)))
    layout = compute_layout(Plan(title="", panels=(*narrow, wide)))
    *placed_columns, below = (panel.rectangle for panel in layout.panels)
    assert below.x == placed_columns[0].x
    assert below.right >= placed_columns[-1].right
    assert all(column.bottom < below.y for column in placed_columns)
    if columns > 1:
        assert below.right - placed_columns[-1].right < columns
