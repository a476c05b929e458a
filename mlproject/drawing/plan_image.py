"""Draw a plan as an SVG image, either for a page that defines the colours or as a standalone file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.drawing.labels import Label, place_labels
from mlproject.drawing.layout import (
    LINE_OF_TEXT,
    OUTSIDE,
    SMALL_LETTER,
    TRACK,
    PlacedPanel,
    PlanLayout,
    Rectangle,
    compute_layout,
)
from mlproject.drawing.plan import Link, Mark, Node, Plan
from mlproject.drawing.routing import Bundle, Track, route_links
from mlproject.translation import translated

# Pixels.
_ROUND = 6.0
_HEAD = 8.0
_INSET = 10.0
_LEGEND = 20.0
_NAME_LETTER = 9.3
_MARK = 16.0
# The distances from a node's top to the baselines of its text.
_TYPE_BELOW, _NAME_BELOW, _DETAIL_BELOW = 18.0, 36.0, 52.0

_SHAPES: Mapping[str, str] = {
    "lock": "M2 6 h8 v6 h-8 z M4 6 v-2 a2 2 0 0 1 4 0 v2",
    "shield": "M6 1 L11 3 V6.5 C11 9.5 9 11.5 6 12.5 C3 11.5 1 9.5 1 6.5 V3 Z",
}


def draw_plan(plan: Plan, *, name: str = "plan") -> Markup:
    """Return a plan as an SVG element for a page that contains the palette.

    Args:
        name: name of the image, unique in the page.
    """
    layout = compute_layout(plan)
    texts = [text for panel in layout.panels for text in (panel.title, panel.more) if text]
    bundles = route_links(plan.links, layout.nodes, width=layout.width, height=layout.height, texts=texts)
    labels = place_labels(
        bundles,
        bounds=Rectangle(0, 0, layout.width, layout.height),
        occupied=[*layout.nodes.values(), *texts],
        panels=[panel.rectangle for panel in layout.panels],
    )
    nodes = {node.id: node for panel in plan.panels for node in panel.nodes}
    legend = list(_legend(plan, y=layout.height * TRACK))
    return svg.image(
        *(_panel(panel) for panel in layout.panels),
        *(_bundle(bundle, nodes) for bundle in bundles),
        *(_node(nodes[id_], rectangle, plan.marks) for id_, rectangle in layout.nodes.items()),
        *(_label(label, layout) for label in labels if label),
        *legend,
        width=layout.width * TRACK,
        height=layout.height * TRACK + _LEGEND * len(legend),
        title=plan.title,
        description=" ".join(_sentences(plan, nodes)),
        name=name,
        class_="plan",
    )


def build_svg(plan: Plan) -> str:
    """Return a plan as a standalone SVG file with its own colours for light, dark and print."""
    start, end, rest = draw_plan(plan).partition(">")
    style = svg.tag("style", read_styles())
    ground = svg.tag("rect", width="100%", height="100%", style="fill: var(--paper)")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}{end}{style}{ground}{rest}\n'


def read_styles(*names: str) -> Markup:
    """Return style sheets of this package: `palette`, with the colours for light, dark and print, and `plan`."""
    folder = files("mlproject.drawing")
    sheets = (folder.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in names or ("palette", "plan"))
    return Markup("\n").join(Markup(sheet) for sheet in sheets)  # noqa: S704  (files of this package)


def _sentences(plan: Plan, nodes: Mapping[str, Node]) -> Iterator[str]:
    for panel in plan.panels:
        nodes_of_panel = ", ".join(f"{node.type} {node.name}" for node in panel.nodes)
        yield f"{panel.title}: {nodes_of_panel or translated('no drawn resources')}."
    for link in plan.links:
        yield f"{_describe_link(link, nodes)}."


def _describe_link(link: Link, nodes: Mapping[str, Node]) -> str:
    source, target = nodes[link.source], nodes[link.target]
    return f"{source.type} {source.name} {link.label} {target.type} {target.name}"


def _panel(panel: PlacedPanel) -> Markup:
    more = panel.more
    x, y = (more.x * TRACK, more.y * TRACK) if more else (0, 0)
    return svg.tag(
        "g",
        svg.tag("rect", **_pixels(panel.rectangle), rx=8, class_="panel"),
        svg.text(panel.panel.title, panel.title.x * TRACK, panel.title.y * TRACK + 12, class_="title"),
        *(
            svg.text(line, x, y + (index + 1) * LINE_OF_TEXT - 3, class_="more")
            for index, line in enumerate(panel.lines)
        ),
    )


def _pixels(rectangle: Rectangle) -> dict[str, float]:
    return {
        "x": rectangle.x * TRACK,
        "y": rectangle.y * TRACK,
        "width": rectangle.width * TRACK,
        "height": rectangle.height * TRACK,
    }


def _node(node: Node, rectangle: Rectangle, marks: Sequence[Mark]) -> Markup:
    x, y = rectangle.x * TRACK, rectangle.y * TRACK
    width = rectangle.width * TRACK - 2 * _INSET
    node_marks = [mark for mark in marks if mark.name in node.marks]
    lines = (
        (node.type, _TYPE_BELOW, width - len(node_marks) * _MARK, SMALL_LETTER, "type"),
        (node.name, _NAME_BELOW, width, _NAME_LETTER, "name"),
        (node.detail, _DETAIL_BELOW, width, SMALL_LETTER, "detail"),
    )
    description = [f"{node.type} {node.name}", node.detail, *(mark.meaning for mark in node_marks)]
    return svg.tag(
        "g",
        svg.tag("title", "; ".join(filter(None, description))),
        svg.tag("rect", **_pixels(rectangle), rx=6, class_="node"),
        *(
            svg.text(svg.truncate(content, int(room / letter)), x + _INSET, y + below, class_=class_)
            for content, below, room, letter, class_ in lines
            if content
        ),
        *(_mark(mark, x + _INSET + width + 4 - (index + 1) * _MARK, y + 7) for index, mark in enumerate(node_marks)),
    )


def _mark(mark: Mark, x: float, y: float) -> Markup:
    return svg.tag("path", d=_SHAPES[mark.shape], transform=f"translate({x:g} {y:g})", class_="mark")


def _bundle(bundle: Bundle, nodes: Mapping[str, Node]) -> Markup:
    links = (Link(source=source, target=bundle.target, label=bundle.label) for source in bundle.sources)
    return svg.tag(
        "g",
        svg.tag("title", ". ".join(_describe_link(link, nodes) for link in links)),
        *(svg.tag("path", d=_rounded(path), class_="line") for path in bundle.paths),
        *(svg.tag("circle", cx=x * TRACK, cy=y * TRACK, r=2.6, class_="head") for x, y in bundle.joints),
        *(
            svg.tag("path", d=_arrow_head(*path[-2:]), class_="head")
            for path in bundle.paths
            if path[-1] not in bundle.joints
        ),
    )


def _rounded(path: Sequence[Track]) -> str:
    """Return a path through the corners, with rounded corners."""
    points = [(x * TRACK, y * TRACK) for x, y in path]
    commands = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(here, before), _towards(here, after)
        commands.append(f"L{ax:g} {ay:g} Q{here[0]:g} {here[1]:g} {bx:g} {by:g}")
    commands.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return " ".join(commands)


def _towards(start: svg.Point, end: svg.Point) -> svg.Point:
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    share = min(_ROUND / length, 0.5)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _arrow_head(before: Track, tip: Track) -> str:
    x, y = tip[0] * TRACK, tip[1] * TRACK
    right, down = (tip[0] > before[0]) - (tip[0] < before[0]), (tip[1] > before[1]) - (tip[1] < before[1])
    back_x, back_y = x - right * _HEAD, y - down * _HEAD
    side_x, side_y = down * _HEAD / 2, right * _HEAD / 2
    return f"M{x:g} {y:g} L{back_x + side_x:g} {back_y + side_y:g} L{back_x - side_x:g} {back_y - side_y:g} Z"


def _label(label: Label, layout: PlanLayout) -> Markup:
    """Return a label with an outline in the background colour, which hides the line behind it."""
    x, y = (label.area.left + label.area.right) / 2, (label.area.top + label.area.bottom) / 2
    panels = (_pixels(panel.rectangle) for panel in layout.panels)
    inside = any(
        panel["x"] <= x <= panel["x"] + panel["width"] and panel["y"] <= y <= panel["y"] + panel["height"]
        for panel in panels
    )
    return svg.text(label.text, x, y + 4, class_=f"label {'inside' if inside else 'outside'}", anchor="middle")


def _legend(plan: Plan, *, y: float) -> Iterator[Markup]:
    """Yield the lines below the plan: the legend of the marks, and the note."""
    used = {name for panel in plan.panels for node in panel.nodes for name in node.marks}
    left = OUTSIDE * TRACK
    for mark in plan.marks:
        if mark.name in used:
            yield svg.tag("g", _mark(mark, left, y - 1), svg.text(mark.meaning, left + 20, y + 10, class_="note"))
            y += _LEGEND
    if plan.note:
        yield svg.text(plan.note, left, y + 10, class_="note")
