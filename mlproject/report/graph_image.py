"""The pipeline's graph as an SVG image."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.report.formatting import capitalize_initial, format_duration
from mlproject.report.graph import find_condition, reduce_dependencies
from mlproject.report.layout import Arrow, Box, Drawing, Edges, Point, Spacing, compute_layout
from mlproject.report.model import PipelineReport, StepReport
from mlproject.report.outcomes import name_branch, name_status
from mlproject.translation import Message, translated

STATUS_MARKS = {
    "Succeeded": "\N{CHECK MARK}",
    "Failed": "\N{BALLOT X}",
    "Skipped": "\N{EN DASH}",
    "Stopped": "\N{EN DASH}",
}

# Pixels. With the narrow spacing, three neighbours fit the 328 pixels of a phone.
_HORIZONTAL = Spacing(width=124, height=68, gap=52, space=18)
_VERTICAL = Spacing(width=176, height=68, gap=40, space=14)
_NARROW = Spacing(width=102, height=68, gap=38, space=10)
_MAXIMUM_WIDTH = 850.0
_MARGIN = 2.0
_HEAD = 7.0
# The maximum width of a letter by kind of text; system fonts differ.
_LETTER = {"name": 9.3, "type": 7.0, "outcome": 7.0}


def draw_graph_images(pipeline: PipelineReport) -> tuple[Markup, Markup]:
    """Draw the steps in layers with status and time, for wide and for narrow screens.

    Layers run from left to right if the width allows it, otherwise from top to bottom.
    """
    edges = reduce_dependencies(pipeline.steps)
    wide = compute_layout(edges, spacing=_HORIZONTAL, downwards=False)
    narrow = compute_layout(edges, spacing=_NARROW, downwards=True)
    downwards = wide.width > _MAXIMUM_WIDTH
    if downwards:
        wide = compute_layout(edges, spacing=_VERTICAL, downwards=True)
    return (
        _image(pipeline, wide, edges, downwards=downwards, name="graph-wide"),
        _image(pipeline, narrow, edges, downwards=True, name="graph-narrow"),
    )


def _image(pipeline: PipelineReport, drawing: Drawing, edges: Edges, *, downwards: bool, name: str) -> Markup:
    steps = {step.name: step for step in pipeline.steps}
    arrows = [_arrow(arrow, steps[arrow.source], steps[arrow.target], downwards) for arrow in drawing.arrows]
    nodes = [_node(box, steps[box.name]) for box in drawing.boxes]
    return svg.image(
        svg.tag("g", *arrows, *nodes, transform=f"translate({_MARGIN} {_MARGIN})"),
        width=drawing.width + 2 * _MARGIN,
        height=drawing.height + 2 * _MARGIN,
        title=translated("The graph of the pipeline {name}", name=pipeline.name),
        description=_description(steps, edges),
        name=name,
        class_="graph",
    )


def _description(steps: Mapping[str, StepReport], edges: Edges) -> str:
    def sentence(name: str) -> str:
        step = steps[name]
        time = Message(" in {time}", time=format_duration(step.seconds)) if step.seconds is not None else ""
        after = Message(", after {steps}", steps=", ".join(edges[name])) if edges[name] else ""
        return translated(
            "{step} ({type}){after}: {outcome}{time}.",
            step=name,
            type=step.type,
            after=after,
            outcome=name_status(step),
            time=time,
        )

    return " ".join(sentence(name) for name in edges) or translated("It has no steps.")


def _node(box: Box, step: StepReport) -> Markup:
    middle = box.x + box.width / 2
    diamond = step.type == "Condition"
    # A diamond has room for two lines only, and its shape already shows the type.
    lines = (
        [(step.name, "name", -1.0, 44.0), (_outcome(step), "outcome", 14.0, 46.0)]
        if diamond
        else [
            (step.type, "type", -14.0, 6.0),
            (step.name, "name", 4.0, 6.0),
            (_outcome(step), "outcome", 22.0, 6.0),
        ]
    )
    return svg.tag(
        "g",
        svg.tag("title", f"{step.name}: {_describe_outcome(step)}"),
        _diamond(box) if diamond else _rectangle(box),
        *(
            svg.text(
                svg.truncate(content, int((box.width - margin) / _LETTER[kind])),
                middle,
                box.y + box.height / 2 + below,
                class_=kind,
                anchor="middle",
            )
            for content, kind, below, margin in lines
        ),
        class_=f"step {step.status.lower()}",
    )


def _describe_outcome(step: StepReport) -> str:
    return translated(step.detail) if step.detail else capitalize_initial(translated(name_status(step)))


def _outcome(step: StepReport) -> str:
    if step.status == "Planned":
        return ""
    if step.status in ("Skipped", "Stopped"):
        return translated(name_status(step))
    result = translated("cached") if step.cached else format_duration(step.seconds)
    return f"{STATUS_MARKS[step.status]} {result}".rstrip()


def _rectangle(box: Box) -> Markup:
    return svg.tag("rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=6, class_="shape")


def _diamond(box: Box) -> Markup:
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    corners = [
        (middle_x, box.y),
        (box.x + box.width, middle_y),
        (middle_x, box.y + box.height),
        (box.x, middle_y),
    ]
    return svg.tag("polygon", points=" ".join(f"{x:g},{y:g}" for x, y in corners), class_="shape")


def _arrow(arrow: Arrow, source: StepReport, target: StepReport, downwards: bool) -> Markup:
    branch = find_condition(target)
    labelled = branch is not None and branch[1] == source.name
    parts = [
        svg.tag("path", d=_route(arrow, downwards), class_="line"),
        svg.tag("path", d=_head(arrow.points[-1][1], downwards), class_="head"),
    ]
    if branch and labelled:
        parts.append(_branch_label(name_branch(branch[0]), *arrow.points[-1], downwards))
    taken = "skipped" if target.status in ("Skipped", "Stopped") else "taken"
    return svg.tag("g", *parts, class_=f"arrow {taken}")


def _branch_label(name: str, start: Point, tip: Point, downwards: bool) -> Markup:
    """Return the label of a branch, beside the arrow's tip and away from its line."""
    if downwards:
        left = tip[0] < start[0]
        x = tip[0] - 8 if left else tip[0] + 8
        return svg.text(name, x, tip[1] - 9, class_="way", anchor="end" if left else "start")
    below = tip[1] > start[1]
    return svg.text(name, tip[0] - 10, tip[1] + 16 if below else tip[1] - 8, class_="way", anchor="end")


def _route(arrow: Arrow, downwards: bool) -> str:
    """Return a path with curves between layers and straight lines through the layers that the arrow passes."""
    commands = list[str]()
    for (x1, y1), (x2, y2) in arrow.points:
        bend_x, bend_y = (0.0, (y2 - y1) / 2) if downwards else ((x2 - x1) / 2, 0.0)
        commands.append(f"{'L' if commands else 'M'}{x1:g} {y1:g}")
        commands.append(f"C{x1 + bend_x:g} {y1 + bend_y:g} {x2 - bend_x:g} {y2 - bend_y:g} {x2:g} {y2:g}")
    return " ".join(commands)


def _head(tip: Point, downwards: bool) -> str:
    x, y = tip
    if downwards:
        return f"M{x - _HEAD / 2:g} {y - _HEAD:g} L{x:g} {y:g} L{x + _HEAD / 2:g} {y - _HEAD:g}"
    return f"M{x - _HEAD:g} {y - _HEAD / 2:g} L{x:g} {y:g} L{x - _HEAD:g} {y + _HEAD / 2:g}"
