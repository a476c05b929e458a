"""The report in a terminal: rich renderables that also read well without colours, in 80 columns, in a file."""

from __future__ import annotations

from collections import Counter

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from mlproject.report.graph import condition_of, parents
from mlproject.report.lanes import ASCII, BOX, draw
from mlproject.report.model import PipelineReport, Question, StackReport, StepReport
from mlproject.report.picture import WAYS
from mlproject.report.quality import Metrics, scores
from mlproject.report.words import duration

_STYLES = {"Succeeded": "green", "Failed": "bold red", "Skipped": "dim", "Stopped": "yellow"}


class _Graph:
    """Chooses its characters by what the terminal can show."""

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
        for line in draw(
            parents(self._pipeline.steps), indented=branches, strokes=ASCII if options.ascii_only else BOX
        ):
            if line.name is None:
                table.add_row(Text(line.drawing))
                continue
            step = steps[line.name]
            style = _STYLES[step.status]
            table.add_row(
                Text.assemble(f"{line.drawing} ", (step.name, "bold" if step.status != "Skipped" else "dim")),
                Text(step.type, "dim"),
                Text(duration(step.seconds)),
                Text(_outcome(step), style),
            )
        yield table


def graph_lines(pipeline: PipelineReport) -> _Graph:
    """The pipeline's steps, a line each below those they wait for, with type, time and outcome."""
    return _Graph(pipeline)


def metrics_table(metrics: Metrics, question: Question) -> Table:
    """The model's metrics beside the baseline's, with which way is better."""
    table = _headed_table("Metric", "Model", "Baseline", "Difference")
    for score in scores(metrics, question):
        better = f"({'higher' if score.higher_is_better else 'lower'} is better)"
        row = [score.name, _number(score.model, score.digits), _number(score.baseline, score.digits)]
        if score.gain is None or score.model is None or score.baseline is None:
            table.add_row(*row, "", better)
            continue
        verdict = "better" if score.gain > 0 else "worse" if score.gain < 0 else "equal"
        style = "green" if score.gain > 0 else "red" if score.gain < 0 else ""
        # A hyphen for minus: what a terminal prints is copied, and not every one shows the true sign.
        difference = f"{score.model - score.baseline:+.{score.digits}f}"
        table.add_row(*row, difference, Text.assemble((verdict, style), f"  {better}"))
    return table


def resources_table(stacks: tuple[StackReport, ...]) -> Table:
    """How many resources of each type every stack holds, its state and the time it took."""
    table = _headed_table("Stack", "Time", "Resources")
    for stack in stacks:
        counts = Counter(resource.type for resource in stack.resources)
        kinds = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        said = ", ".join(
            f"{f'{count} ' if count > 1 else ''}{kind.removeprefix('AWS::').replace('::', ' ')}"
            for kind, count in kinds
        )
        normal = stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status
        state = "" if normal else stack.status
        table.add_row(
            Text(stack.name, "bold"),
            duration(stack.seconds),
            str(len(stack.resources)),
            Text.assemble((state, "bold red"), ": " if state and said else "", (said, "dim")),
        )
    return table


def _plain_table() -> Table:
    """Columns apart by two spaces: nothing to be cut, nothing that a file would show as noise."""
    return Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)


def _headed_table(name: str, *figures: str) -> Table:
    """A column of names, columns of figures, and one for words, which alone is folded where the terminal is narrow."""
    table = _plain_table()
    table.show_header = True
    table.add_column(name, header_style="dim", no_wrap=True)
    for figure in figures:
        table.add_column(figure, header_style="dim", no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    return table


def _outcome(step: StepReport) -> str:
    branch = condition_of(step)
    answer = f"{branch[1]}: {WAYS.get(branch[0], branch[0])}, " if branch else ""
    return f"{answer}{step.status.lower()}{', cached' if step.cached else ''}"


def _number(value: float | None, digits: int) -> str:
    return "not reported" if value is None else f"{value:.{digits}f}"
