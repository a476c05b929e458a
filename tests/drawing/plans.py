"""Plans to draw: one as a project has it, and any that hypothesis thinks of."""

from __future__ import annotations

from hypothesis import strategies as st

from mlproject.drawing import Link, Mark, Node, Panel, Plan

MARKS = (
    Mark(name="key", shape="lock", meaning="encrypted"),
    Mark(name="network", shape="shield", meaning="in the private subnets"),
)


def node(id_: str, *marks: str) -> Node:
    return Node(id=id_, type="node", name=id_, detail="one of them", marks=marks)


def link(source: str, label: str, target: str) -> Link:
    return Link(source=source, target=target, label=label)


USUAL = Plan(
    title="The architecture of flights in dev",
    panels=(
        Panel(title="notebooks", nodes=(node("notebook", "key", "network"),), more="and 5 more", column=0),
        Panel(title="emr", nodes=(node("cluster", "key", "network"),), more="and 34 more: many rules", column=1),
        Panel(title="pipeline", nodes=(node("pipeline", "key"), node("registry")), column=1),
        Panel(title="storage", nodes=(node("data", "key"), node("artifacts", "key"), node("logs")), column=2),
        Panel(
            title="operations",
            nodes=tuple(map(node, ("schedule", "rules", "alarms", "budget", "topic", "mail"))),
            more="and 2 more: 1 SNS TopicPolicy, 1 SSM Parameter",
        ),
        Panel(title="network", nodes=(node("vpc"), node("flow logs"))),
    ),
    links=(
        link("notebook", "reads, writes", "data"),
        link("notebook", "reads", "artifacts"),
        link("notebook", "calls port 8998", "cluster"),
        link("notebook", "starts", "pipeline"),
        link("notebook", "alerts", "rules"),
        link("cluster", "reads", "data"),
        link("cluster", "reads, writes", "artifacts"),
        link("cluster", "alerts", "rules"),
        link("pipeline", "reads", "data"),
        link("pipeline", "reads, writes", "artifacts"),
        link("pipeline", "registers in", "registry"),
        link("pipeline", "alerts", "rules"),
        link("schedule", "starts", "pipeline"),
        link("rules", "alerts", "topic"),
        link("alarms", "alerts", "topic"),
        link("budget", "alerts", "topic"),
        link("topic", "alerts", "mail"),
        link("data", "logs to", "logs"),
        link("artifacts", "logs to", "logs"),
        link("vpc", "logs to", "flow logs"),
    ),
    marks=MARKS,
    note="An arrow shows who acts on what.",
)


# Many lines, none of which may run together: each has a label of its own.
CROWDED = Plan(
    title="crowded",
    panels=tuple(
        Panel(title=side, nodes=tuple(node(f"{side} {number}") for number in range(3)), column=column)
        for column, side in enumerate(("left", "middle", "right"))
    ),
    links=tuple(
        link(f"{near} {one}", f"{one}-{other}", f"{far} {other}")
        for near, far in (("left", "middle"), ("middle", "right"), ("right", "left"))
        for one in range(3)
        for other in range(2)
    ),
)


@st.composite
def any_plan(draw: st.DrawFn) -> Plan:
    """Panels in columns and below them, shapes in some, links between any two."""
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=6))
    ids = iter(f"shape {number}" for number in range(sum(sizes)))
    words = st.text("abc de", max_size=90)
    panels = tuple(
        Panel(
            title=draw(words),
            nodes=tuple(node(next(ids), *draw(st.sets(st.sampled_from(["key", "network"])))) for _ in range(size)),
            more=draw(words),
            column=draw(st.none() | st.integers(0, 3)),
        )
        for size in sizes
    )
    names = [one.id for panel in panels for one in panel.nodes]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(["reads", "reads, writes"]), st.sampled_from(names))
    chosen = draw(st.sets(pairs, max_size=10)) if len(names) > 1 else set[tuple[str, str, str]]()
    links = tuple(sorted(link(*pair) for pair in chosen if pair[0] != pair[2]))
    return Plan(title="any", panels=panels, links=links, marks=MARKS, note=draw(words))
