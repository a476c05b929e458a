"""Rich renderables of the report for terminals and files; they need neither colours nor more than 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from mlproject.report.formatting import format_duration
from mlproject.report.graph import find_condition, reduce_dependencies
from mlproject.report.metrics import Score
from mlproject.report.model import PipelineReport, StackReport, StepReport
from mlproject.report.outcomes import name_branch, name_outcome
from mlproject.report.sentences import name_direction, name_verdict
from mlproject.report.text_graph import ASCII, BOX, draw_graph
from mlproject.translation import Message, format_number, translated

_STYLES = {"Succeeded": "green", "Failed": "bold red", "Skipped": "dim", "Stopped": "yellow"}


class _Graph:
    """A graph in Unicode or ASCII, depending on the terminal."""

    def __init__(self, pipeline: PipelineReport) -> None:
        self._pipeline = pipeline

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        steps = {step.name: step for step in self._pipeline.steps}
        branches = frozenset(name for name, step in steps.items() if step.branch)
        table = _plain_table()
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(overflow="fold")
        for line in draw_graph(
            reduce_dependencies(self._pipeline.steps), indented=branches, strokes=ASCII if options.ascii_only else BOX
        ):
            if line.name is None:
                table.add_row(Text(line.drawing))
                continue
            step = steps[line.name]
            style = _STYLES[step.status]
            table.add_row(
                Text.assemble(f"{line.drawing} ", (step.name, "bold" if step.status != "Skipped" else "dim")),
                Text(step.type, "dim"),
                Text(format_duration(step.seconds)),
                Text(_outcome(step), style),
            )
        yield table


def build_graph(pipeline: PipelineReport) -> _Graph:
    """Return the pipeline's graph with one line for each step: its type, time and outcome."""
    return _Graph(pipeline)


def build_metrics_table(scores: Sequence[Score]) -> Table:
    """Return a table of the metrics of the model and, if any is compared with one, of the baseline."""
    compared = any(score.baseline is not None for score in scores)
    names = [Message("Metric"), Message("Model"), *([Message("Baseline"), Message("Difference")] if compared else [])]
    table = _headed_table(*map(translated, names))
    for score in scores:
        better = f"({translated(name_direction(score))})"
        row = (Text(score.label), score.format(score.model))
        if not compared:
            table.add_row(*row, better)
        elif score.gain is None or score.model is None or score.baseline is None:
            table.add_row(*row, score.format(score.baseline), "", better)
        else:
            verdict = translated(name_verdict(score))
            style = "green" if score.gain > 0 else "red" if score.gain < 0 else ""
            # A hyphen instead of a minus sign, which not every terminal shows.
            difference = format_number(score.model - score.baseline, f"+,.{score.decimals}f")
            note = Text.assemble((verdict, style), f"  {better}")
            table.add_row(*row, score.format(score.baseline), difference, note)
    return table


def build_resources_table(stacks: tuple[StackReport, ...]) -> Table:
    """Return a table of the stacks: time, resources by type, and status unless it is normal."""
    table = _headed_table(*map(translated, (Message("Stack"), Message("Time"), Message("Resources"))))
    for stack in stacks:
        counts = Counter(resource.type for resource in stack.resources)
        kinds = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        listed = ", ".join(
            f"{f'{count} ' if count > 1 else ''}{kind.removeprefix('AWS::').replace('::', ' ')}"
            for kind, count in kinds
        )
        normal = stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status
        state = "" if normal else stack.status
        table.add_row(
            Text(stack.name, "bold"),
            format_duration(stack.seconds),
            str(len(stack.resources)),
            Text.assemble((state, "bold red"), ": " if state and listed else "", (listed, "dim")),
        )
    return table


def _plain_table() -> Table:
    """Return a table without borders and headers, with two spaces between columns."""
    return Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)


def _headed_table(name: str, *figures: str) -> Table:
    """Return a table with a column of names, columns of figures, and a last column that wraps."""
    table = _plain_table()
    table.show_header = True
    table.add_column(name, header_style="dim", no_wrap=True)
    for figure in figures:
        table.add_column(figure, header_style="dim", no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    return table


def _outcome(step: StepReport) -> str:
    branch = find_condition(step)
    answer = f"{branch[1]}: {name_branch(branch[0])}, " if branch else ""
    return f"{answer}{name_outcome(step)}"
