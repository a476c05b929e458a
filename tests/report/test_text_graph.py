"""A graph that is drawn as text and parsed again has the same edges."""

from __future__ import annotations

import pytest
from hypothesis import given

from mlproject.report import StepReport
from mlproject.report.graph import reduce_dependencies
from mlproject.report.text_graph import ASCII, BOX, Line, draw_graph
from tests.report import sample
from tests.report.graphs import pipelines, untimed

CONNECTED = "├╰┴┼╯"


def read(lines: list[Line]) -> dict[str, set[str]]:
    """Follow the strokes from each step upwards, as a reader's eye does."""
    owners: dict[int, str] = {}
    arriving: dict[int, set[str]] = {}
    found: dict[str, set[str]] = {}
    for line in lines:
        cells = line.drawing[::2]
        connected = {column for column, mark in enumerate(cells) if mark in CONNECTED}
        if line.name is None:
            for column, mark in enumerate(cells):
                if mark == "│" and column in owners:
                    arriving[column] = {owners[column]}
            if connected:
                arriving[min(connected)] = {owners[column] for column in connected}
            continue
        column = cells.index("●")
        found[line.name] = {owners[other] for other in connected} if connected else arriving.get(column, set())
        for other, mark in enumerate(cells):
            if mark in "╰┴" or mark == " ":
                owners.pop(other, None)
        owners[column], arriving = line.name, {}
    return found


@untimed
@given(pipelines())
def test_reading_the_drawing_back_gives_the_same_graph(steps: tuple[StepReport, ...]) -> None:
    edges = reduce_dependencies(steps)
    branches = frozenset(step.name for step in steps if step.branch)
    for indented in (frozenset[str](), branches):
        assert read(draw_graph(edges, indented=indented)) == {name: set(needed) for name, needed in edges.items()}


def test_the_flight_pipeline_branches_below_its_condition() -> None:
    lines = draw_graph(reduce_dependencies(sample.STEPS), indented=frozenset({"Register", "Score", "TooWeak"}))
    assert [f"{line.drawing} {line.name or ''}".rstrip() for line in lines] == [
        "● Prepare",
        "│",
        "● Train",
        "│",
        "● Evaluate",
        "│",
        "● Better",
        "├─● Register",
        "├─● Score",
        "╰─● TooWeak",
    ]


def test_a_step_that_waits_for_nothing_does_not_seem_to_follow_the_one_above() -> None:
    lines = draw_graph({"a": (), "b": ("a",), "alone": ()})
    assert [line.drawing for line in lines] == ["●", "│", "●", "●"]


def test_two_branches_come_together_again() -> None:
    lines = draw_graph({"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")})
    assert [line.drawing for line in lines] == ["●", "├─●", "│ │", "● │", "├─╯", "●"]


def test_lanes_that_are_joined_and_lanes_that_only_pass_look_different() -> None:
    lines = draw_graph({"a": (), "b": (), "c": (), "d": ("a", "c"), "e": ("a", "b", "c"), "f": ("b", "e")})
    assert [f"{line.drawing} {line.name or ''}".rstrip() for line in lines] == [
        "● a",
        "│ ● b",
        "│ │ ● c",
        "├─│─┼─● d",
        "╰─┼─┴─● e",
        "  ├───╯",
        "  ● f",
    ]


@pytest.mark.parametrize("field", ["node", "upright", "across", "fork", "turn", "join", "both", "end"])
def test_plain_terminals_get_plain_characters(field: str) -> None:
    assert getattr(ASCII, field).isascii()
    assert len(getattr(ASCII, field)) == len(getattr(BOX, field)) == 1
