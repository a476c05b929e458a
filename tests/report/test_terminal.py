"""The terminal's views read well in 80 columns, in a file and without colours."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from mlproject.report import StackReport, build_graph, build_metrics_table, build_resources_table, read_scores
from mlproject.report.metrics import Score
from tests.report import sample

SCORES = read_scores(sample.SETTINGS, sample.OUTPUTS)


class Plain(io.StringIO):
    """A file that can only hold ASCII."""

    encoding = "ascii"


def shown(renderable: RenderableType, *, width: int = 80, file: io.StringIO | None = None) -> list[str]:
    output = file or io.StringIO()
    Console(file=output, width=width).print(renderable)
    return [line.rstrip() for line in output.getvalue().splitlines()]


def test_the_graph_shows_each_step_with_type_time_and_outcome() -> None:
    assert shown(build_graph(sample.PIPELINE)) == [
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
    lines = shown(build_graph(sample.BROKEN_PIPELINE))
    assert lines[0] == "● Prepare     Processing     10 ms  succeeded, cached"
    assert lines[2] == "● Train       Training       1.4 s  failed"


def test_a_terminal_without_unicode_gets_ascii() -> None:
    for renderable in (
        build_graph(sample.PIPELINE),
        build_metrics_table(SCORES),
        build_resources_table(sample.STACKS),
    ):
        lines = shown(renderable, file=Plain())
        assert "\n".join(lines).isascii()
    assert shown(build_graph(sample.PIPELINE), file=Plain())[7].startswith("+-* Register")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_cut_and_nothing_is_wider_than_the_terminal(width: int) -> None:
    for renderable, words in (
        (build_graph(sample.PIPELINE), ["RegisterModel", "TooWeak"]),
        (build_metrics_table(SCORES), ["0.688", "0.627", "+0.061", "-0.0131"]),
        (build_resources_table(sample.STACKS), ["flights-local-storage", "CDKToolkit"]),
    ):
        lines = shown(renderable, width=width)
        assert max(map(len, lines)) <= width
        assert "…" not in "".join(lines)
        for word in words:
            assert any(word in line for line in lines)


def test_the_metrics_say_which_way_is_better() -> None:
    assert shown(build_metrics_table(SCORES)) == [
        "Metric              Model  Baseline  Difference",
        "AUC                 0.688     0.627      +0.061  better  (higher is better)",
        "Average precision   0.360     0.258      +0.103  better  (higher is better)",
        "Brier score        0.1326    0.1457     -0.0131  better  (lower is better)",
    ]
    one_missing = (SCORES[0], replace(SCORES[1], baseline=None))
    assert "not reported" in shown(build_metrics_table(one_missing))[2]


def test_without_a_baseline_there_is_nothing_to_compare_with() -> None:
    alone = Score(label="RMSE", model=1234.5, baseline=None, higher_is_better=False, decimals=1)
    assert shown(build_metrics_table((alone,))) == [
        "Metric    Model",
        "RMSE    1,234.5  (lower is better)",
    ]


def test_a_stack_that_was_rolled_back_says_so() -> None:
    stacks = (*sample.STACKS, StackReport("flights-local-broken", "ROLLBACK_COMPLETE", 0.4, ()))
    lines = shown(build_resources_table(stacks), width=120)
    assert lines[-1].split() == ["flights-local-broken", "0.4", "s", "0", "ROLLBACK_COMPLETE"]
    assert "CREATE_COMPLETE" not in "\n".join(lines)


def test_names_with_square_brackets_are_no_markup() -> None:
    stacks = (StackReport("[red]name[/red]", "CREATE_COMPLETE", 1.0, ()),)
    assert any("[red]name[/red]" in line for line in shown(build_resources_table(stacks)))
