"""The image of a plan is valid and accessible, escapes its data, and uses the page's colours."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given

from mlproject.drawing import Link, Mark, Node, Panel, Plan, build_svg, draw_plan, narrow_plan
from tests.drawing.plans import USUAL, any_plan
from tests.drawing.test_plan import few

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</style></title><script>alert('x')</script>\"><&amp;"


def parsed(plan: Plan) -> ElementTree.Element:
    return ElementTree.fromstring(draw_plan(plan))  # noqa: S314  (our own)


def words(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def classes(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in picture.iter() if name in (element.get("class") or "").split()]


@few
@given(any_plan())
def test_any_plan_makes_sound_xml_with_everything_in_it(plan: Plan) -> None:
    picture = parsed(plan)
    nodes = [node for panel in plan.panels for node in panel.nodes]
    assert len(classes(picture, "panel")) == len(plan.panels)
    assert len(classes(picture, "node")) == len(nodes)
    assert {node.name for node in nodes} <= set(words(picture))
    described = (picture.findtext(f"{SVG}desc") or "").split(". ")
    assert len([sentence for sentence in described if " reads" in sentence]) == len(plan.links)


def test_every_line_that_reaches_its_target_has_a_head_and_every_other_one_a_joint() -> None:
    picture = parsed(USUAL)
    lines = classes(picture, "line")
    heads = classes(picture, "head")
    assert len(lines) == len(USUAL.links)
    assert len(heads) == len(USUAL.links)
    assert {element.tag for element in heads} == {f"{SVG}path", f"{SVG}circle"}


def test_marks_are_drawn_where_they_are_borne_and_explained_once() -> None:
    picture = parsed(USUAL)
    borne = [mark for panel in USUAL.panels for node in panel.nodes for mark in node.marks]
    assert len(classes(picture, "mark")) == len(borne) + 2
    assert words(picture).count("encrypted") == words(picture).count("in the private subnets") == 1
    without = replace(USUAL, panels=tuple(replace(panel, nodes=()) for panel in USUAL.panels), links=())
    assert "encrypted" not in words(parsed(without))


def test_a_long_name_is_truncated_and_complete_in_the_tooltip() -> None:
    long = "a name that is much longer than any shape is wide"
    picture = parsed(Plan(title="", panels=(Panel(title="", nodes=(Node(id="a", type="node", name=long),)),)))
    assert long not in words(picture)
    assert any(word.startswith("a name that") and word.endswith("\N{HORIZONTAL ELLIPSIS}") for word in words(picture))
    assert f"node {long}" in [element.text for element in picture.iter(f"{SVG}title")]


def test_whatever_comes_from_data_is_escaped() -> None:
    shapes = (
        Node(id=HOSTILE, type=HOSTILE, name=HOSTILE, detail=HOSTILE, marks=(HOSTILE,)),
        Node(id="b", type="", name="b"),
    )
    plan = Plan(
        title=HOSTILE,
        panels=(Panel(title=HOSTILE, nodes=shapes, more=HOSTILE),),
        links=(Link(source=HOSTILE, target="b", label=HOSTILE),),
        marks=(Mark(name=HOSTILE, shape="lock", meaning=HOSTILE),),
        note=HOSTILE,
    )
    text = build_svg(plan)
    assert "<script" not in text
    ElementTree.fromstring(text.encode())  # noqa: S314
    assert HOSTILE in [element.text for element in parsed(plan).iter(f"{SVG}title")]


def test_a_standalone_file_contains_its_colours_for_light_dark_and_print_and_loads_nothing() -> None:
    text = build_svg(USUAL)
    picture = ElementTree.fromstring(text.encode())  # noqa: S314
    style = picture.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert ".plan .node" in style
    assert "url(" not in style
    assert "@import" not in style
    assert not [element for element in picture.iter() if element.tag in (f"{SVG}image", f"{SVG}script", f"{SVG}use")]


def test_the_order_of_links_does_not_matter() -> None:
    turned = draw_plan(replace(USUAL, links=tuple(reversed(USUAL.links))))
    assert sorted(turned.split("<path")[1:]) == sorted(draw_plan(USUAL).split("<path")[1:])


@pytest.mark.parametrize(
    "plan", [Plan(title="nothing", panels=()), Plan(title="empty", panels=(Panel(title="a", nodes=()),))]
)
def test_a_plan_with_nothing_in_it_is_a_picture_too(plan: Plan) -> None:
    assert parsed(plan).findtext(f"{SVG}title") == plan.title


# The text area of a phone that is 360 pixels wide, with 16 pixels of padding on each side, is slightly smaller.
PHONE = 340


@pytest.mark.parametrize("plan", [USUAL, replace(USUAL, panels=USUAL.panels[-1:], links=())])
def test_a_plan_for_narrow_screens_shows_every_node_at_full_size_in_the_width_of_a_phone(plan: Plan) -> None:
    picture = parsed(narrow_plan(plan, note="see the table"))
    width = float(picture.get("viewBox", "").split()[2])
    assert width <= PHONE
    assert {node.name for panel in plan.panels for node in panel.nodes} <= set(words(picture))
    assert "see the table" in words(picture)
    assert not classes(picture, "line")
    for shape in classes(picture, "node"):
        assert float(shape.get("x", "")) + float(shape.get("width", "")) < width


def test_every_plan_scales_to_the_width_of_its_page() -> None:
    picture = parsed(USUAL)
    assert (picture.get("viewBox") or "").split()[2:] == [picture.get("width"), picture.get("height")]
    assert ".plan { max-width: 100%; height: auto;" in build_svg(USUAL)
