"""The terminal's views read well in 80 columns, in a file and without colours."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from mlproject.report import StackReport, build_graph, build_metrics_table, build_resources_table
from tests.report import sample


class Plain(io.StringIO):
    """A file that can only hold ASCII."""

    encoding = "ascii"


def shown(renderable: RenderableType, *, width: int = 80, file: io.StringIO | None = None) -> list[str]:
    output = file or io.StringIO()
    Console(file=output, width=width).print(renderable)
    return [line.rstrip() for line in output.getvalue().splitlines()]


def test_the_graph_shows_each_step_with_type_time_and_outcome() -> None:
    assert shown(build_graph(sample.GOOD.pipeline)) == [
        "● Prepare     Processing     4.6 s  succeeded",
        "│",
        "● Train       Training       3.2 s  succeeded",
        "│",
        "● Evaluate    Processing     1.7 s  succeeded",
        "│",
        "● Better      Condition       2 ms  succeeded",
        "├─● Register  RegisterModel  90 ms  Better: yes, succeeded",
        "├─● Score     Processing     1.9 s  Better: yes, succeeded",
        "╰─● TooWeak   Fail                  Better: no, skipped",
    ]


def test_the_graph_of_a_failed_run_says_which_step_failed_and_which_came_from_the_cache() -> None:
    lines = shown(build_graph(sample.BROKEN.pipeline))
    assert lines[0] == "● Prepare     Processing     10 ms  succeeded, cached"
    assert lines[2] == "● Train       Training       1.4 s  failed"


def test_a_terminal_without_unicode_gets_ascii() -> None:
    for renderable in (
        build_graph(sample.GOOD.pipeline),
        build_metrics_table(sample.METRICS, sample.QUESTION),
        build_resources_table(sample.STACKS),
    ):
        lines = shown(renderable, file=Plain())
        assert "\n".join(lines).isascii()
    assert shown(build_graph(sample.GOOD.pipeline), file=Plain())[7].startswith("+-* Register")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_cut_and_nothing_is_wider_than_the_terminal(width: int) -> None:
    for renderable, words in (
        (build_graph(sample.GOOD.pipeline), ["RegisterModel", "TooWeak"]),
        (build_metrics_table(sample.METRICS, sample.QUESTION), ["0.688", "0.627", "+0.061", "-0.0131"]),
        (build_resources_table(sample.STACKS), ["flights-local-storage", "CDKToolkit"]),
    ):
        lines = shown(renderable, width=width)
        assert max(map(len, lines)) <= width
        assert "…" not in "".join(lines)
        for word in words:
            assert any(word in line for line in lines)


def test_the_metrics_say_which_way_is_better() -> None:
    assert shown(build_metrics_table(sample.METRICS, sample.QUESTION)) == [
        "Metric              Model  Baseline  Difference",
        "AUC                 0.688     0.627      +0.061  better  (higher is better)",
        "Average precision   0.360     0.258      +0.103  better  (higher is better)",
        "Brier score        0.1326    0.1457     -0.0131  better  (lower is better)",
    ]
    assert "not reported" in shown(build_metrics_table({"auc": 0.7}, sample.QUESTION))[1]


def test_a_stack_that_was_rolled_back_says_so() -> None:
    stacks = (*sample.STACKS, StackReport("flights-local-broken", "ROLLBACK_COMPLETE", 0.4, ()))
    lines = shown(build_resources_table(stacks), width=120)
    assert lines[-1].split() == ["flights-local-broken", "0.4", "s", "0", "ROLLBACK_COMPLETE"]
    assert "CREATE_COMPLETE" not in "\n".join(lines)


def test_names_with_square_brackets_are_no_markup() -> None:
    stacks = (StackReport("[red]name[/red]", "CREATE_COMPLETE", 1.0, ()),)
    assert any("[red]name[/red]" in line for line in shown(build_resources_table(stacks)))
