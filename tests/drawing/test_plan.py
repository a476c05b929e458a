"""Nothing in a plan lies over anything else: things, texts, lines, labels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings

from mlproject.drawing import Panel, Plan
from mlproject.drawing.labels import Area, Label, area, put_labels
from mlproject.drawing.placing import Places, Rectangle, place
from mlproject.drawing.routing import Bundle, Track, between, route
from tests.drawing.plans import CROWDED, USUAL, any_plan, node

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def apart(one: Rectangle, other: Rectangle) -> bool:
    return one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return outer.holds(inner.x, inner.y) and outer.holds(inner.right, inner.bottom)


def texts_of(places: Places) -> list[Rectangle]:
    return [text for panel in places.panels for text in (panel.title, panel.more) if text]


def routed(plan: Plan) -> tuple[Places, tuple[Bundle, ...]]:
    places = place(plan)
    bundles = route(plan.links, places.nodes, width=places.width, height=places.height, texts=texts_of(places))
    return places, bundles


def labelled(plan: Plan) -> tuple[Places, tuple[Bundle, ...], tuple[Label | None, ...]]:
    places, bundles = routed(plan)
    labels = put_labels(
        bundles,
        whole=Rectangle(0, 0, places.width, places.height),
        taken=[*places.nodes.values(), *texts_of(places)],
        panels=[panel.place for panel in places.panels],
    )
    return places, bundles, labels


def legs(bundle: Bundle) -> Iterator[tuple[Track, Track]]:
    for way in bundle.ways:
        yield from itertools.pairwise(way)


@few
@given(any_plan())
def test_panels_things_and_texts_stand_apart_and_inside_the_picture(plan: Plan) -> None:
    places = place(plan)
    whole = Rectangle(0, 0, places.width, places.height)
    panels = [panel.place for panel in places.panels]
    assert len(panels) == len(plan.panels)
    assert all(inside(panel, whole) for panel in panels)
    assert all(apart(one, other) for one, other in itertools.combinations(panels, 2))
    for placed in places.panels:
        texts = [text for text in (placed.title, placed.more) if text]
        own = [*(places.nodes[node.id] for node in placed.panel.nodes), *texts]
        assert all(inside(thing, placed.place) for thing in own)
        assert all(apart(one, other) for one, other in itertools.combinations(own, 2))
        assert " ".join(placed.lines).split() == placed.panel.more.split()


@few
@given(any_plan())
def test_a_line_runs_from_its_source_to_its_target_and_over_no_thing_or_text(plan: Plan) -> None:
    places, bundles = routed(plan)
    assert sorted((source, bundle.label, bundle.target) for bundle in bundles for source in bundle.sources) == sorted(
        (link.source, link.label, link.target) for link in plan.links
    )
    things = [*places.nodes.values(), *texts_of(places)]
    for bundle in bundles:
        covered: set[Track] = set()
        for source, way in zip(bundle.sources, bundle.ways, strict=True):
            points = [point for start, end in itertools.pairwise(way) for point in between(start, end)]
            assert places.nodes[source].holds(*way[0])
            assert places.nodes[bundle.target].holds(*way[-1]) or (way[-1] in bundle.joints and way[-1] in covered)
            assert all(0 < x < places.width and 0 < y < places.height for x, y in points)
            between_ends = [point for point in points if point not in (way[0], way[-1])]
            assert not any(thing.holds(*point) for thing in things for point in between_ends)
            covered.update(points)


@few
@given(any_plan())
def test_a_label_stands_on_its_own_line_and_over_nothing_else(plan: Plan) -> None:
    places, bundles, labels = labelled(plan)
    things = [area(thing) for thing in (*places.nodes.values(), *texts_of(places))]
    whole = area(Rectangle(0, 0, places.width, places.height))
    placed = [label for label in labels if label]
    assert all(whole.holds(label.area) for label in placed)
    assert not any(one.area.overlaps(other.area) for one, other in itertools.combinations(placed, 2))
    assert not any(label.area.overlaps(thing) for label in placed for thing in things)
    for bundle, label in zip(bundles, labels, strict=True):
        if label:
            assert label.text == bundle.label
            assert any(label.area.overlaps(leg_area(*leg)) for leg in legs(bundle))
            others = [leg for other in bundles if other != bundle for leg in legs(other)]
            assert not any(label.area.overlaps(leg_area(*leg)) for leg in others)


def leg_area(start: Track, end: Track) -> Area:
    where = Rectangle(min(start[0], end[0]), min(start[1], end[1]), abs(start[0] - end[0]), abs(start[1] - end[1]))
    line = area(where)
    return Area(line.left - 1, line.top - 1, line.right + 1, line.bottom + 1)


@few
@given(any_plan())
@example(USUAL)
@example(CROWDED)
def test_no_two_lines_share_a_track_and_none_bends_or_ends_on_another(plan: Plan) -> None:
    _, bundles = routed(plan)
    level: dict[Track, int] = {}
    upright: dict[Track, int] = {}
    for number, bundle in enumerate(bundles):
        for start, end in legs(bundle):
            along = level if start[1] == end[1] else upright
            for point in between(start, end):
                assert along.setdefault(point, number) == number
        for corner in {point for leg in legs(bundle) for point in leg}:
            assert level.setdefault(corner, number) == upright.setdefault(corner, number) == number


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
    places = place(Plan(title="", panels=(*narrow, wide)))
    *columns_placed, below = (panel.place for panel in places.panels)
    assert below.x == columns_placed[0].x
    assert below.right >= columns_placed[-1].right
    assert all(column.bottom < below.y for column in columns_placed)
    if columns > 1:
        assert below.right - columns_placed[-1].right < columns
