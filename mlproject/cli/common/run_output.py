"""The output of `mlproject run`: a live table on a terminal, otherwise one line per event, or one JSON object."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol

from mlproject.runner import MissingPermission, RunResult, StepResult, supported_features
from mlproject.translation import Message, format_number, joined, translated

_LABELS = {
    "Succeeded": Message("succeeded"),
    "Failed": Message("failed"),
    "Stopped": Message("stopped"),
    "Skipped": Message("skipped"),
    "Executing": Message("running"),
}
_COLOURS = {"Succeeded": "green", "Failed": "red", "Stopped": "yellow", "Skipped": "dim", "Executing": "cyan"}


class ProgressView(Protocol):
    """Shows the progress of a run."""

    def update(self, result: StepResult) -> None:
        """Show a step that started or ended."""

    def note(self, text: str) -> None:
        """Show a line of text."""


@contextmanager
def show_progress(*, as_json: bool) -> Iterator[ProgressView]:
    """Show steps as they start and end, on standard error if standard output has the JSON."""
    if not as_json and sys.stdout.isatty():
        with _live_table() as view:
            yield view
    else:
        yield _LineView(sys.stderr if as_json else sys.stdout)


class _LineView:
    """Prints one line per event."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def update(self, result: StepResult) -> None:
        if result.status == "Executing":
            self.note(Message("{step}: started", step=result.name))
        else:
            self.note(joined(": ", (result.name, _describe_step(result))))

    def note(self, text: str) -> None:
        print(translated(text), file=self._stream, flush=True)


@contextmanager
def _live_table() -> Iterator[ProgressView]:
    from rich.console import Group
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    class LiveTable:
        """A table of the steps. rich renders it several times a second, so the elapsed times advance."""

        def __init__(self) -> None:
            self.steps: dict[str, StepResult] = {}
            self.started: dict[str, float] = {}
            self.notes: list[str] = []

        def update(self, result: StepResult) -> None:
            self.started.setdefault(result.name, time.monotonic())
            self.steps[result.name] = result

        def note(self, text: str) -> None:
            self.notes.append(translated(text))

        def __rich__(self) -> Group:
            table = Table.grid(padding=(0, 2))
            for name, result in self.steps.items():
                is_running = result.status == "Executing"
                elapsed = f"{format_number(time.monotonic() - self.started[name], '.1f')} s"
                text = elapsed if is_running else translated(_describe_step(result))
                table.add_row(name, Text(text, style=_COLOURS[result.status]))
            return Group(*map(Text, self.notes), table)

    live_table = LiveTable()
    with Live(live_table, refresh_per_second=8, transient=True):
        yield live_table


def _describe_step(result: StepResult) -> Message:
    if result.stood_in:
        return Message("stood in, nothing ran")
    if result.cached:
        return Message("{status}, unchanged since an earlier run", status=_LABELS[result.status])
    return Message("{status} in {seconds:.2f} s", status=_LABELS[result.status], seconds=result.seconds)


def print_result(result: RunResult, *, as_json: bool) -> None:
    """Print a summary of a run: one line per step, the metrics, the model package and the folder of the logs."""
    if as_json:
        print(json.dumps(_as_json(result), indent=2))
        return
    width = max((len(step.name) for step in result.steps), default=0)
    print()
    for step in result.steps:
        seconds = f"{format_number(step.seconds, '8.2f')} s" if step.started else " " * 10
        origin = translated(_describe_origin(step))
        print(f"  {step.name:{width}}  {step.type:13}  {step.status:9}  {seconds}{f'  {origin}' if origin else ''}")
    for step in result.steps:
        if step.empty_outputs:
            print(translated("\nWarning: {text}", text=_empty_outputs_warning(step)))
    for name, content in result.property_files.items():
        values = {key: value for key, value in content.items() if not isinstance(value, dict | list)}
        print(f"\n{name}")
        for key, value in values.items():
            print(f"  {key}: {value}")
    print(
        translated(
            "\n{status} in {seconds:.2f} s: {execution}",
            status=result.status,
            seconds=result.seconds,
            execution=result.execution_arn,
        )
    )
    if result.model_package_arn:
        print(translated("Registered: {model}", model=result.model_package_arn))
    if result.folder:
        print(translated("Logs: {folder}", folder=result.folder / "logs"))
    if result.missing is not None:
        _print_missing_permissions(result, result.missing)


def _describe_origin(step: StepResult) -> str:
    if step.stood_in:
        return Message("stood in")
    return Message("unchanged") if step.cached else ""


def _empty_outputs_warning(step: StepResult) -> Message:
    names = ", ".join(step.empty_outputs)
    one, several = Message("output {names}", names=names), Message("outputs {names}", names=names)
    return Message(
        "step {step} wrote no file to its {outputs}. Its script may write to another folder. The result is not kept "
        "for later runs.",
        step=step.name,
        outputs=one if len(step.empty_outputs) == 1 else several,
    )


def _print_missing_permissions(result: RunResult, missing: tuple[MissingPermission, ...]) -> None:
    """Print a table for each principal, with one line for each action that it is not allowed on a resource."""
    from mlproject.aws_rules.step_calls import STEP_CALLS  # only a report needs it

    skipped = [step.name for step in result.steps if step.status == "Skipped" and STEP_CALLS[step.type]]
    not_run = Message(" Not checked, since they did not run: {steps}.", steps=", ".join(skipped))
    unchecked = not_run if skipped else ""
    if not missing:
        print(translated("\nNo permission is missing.{unchecked}", unchecked=unchecked))
        return
    actions = {(each.principal, each.action) for each in missing}
    print(translated("\nMissing permissions: {actions}.{unchecked}", actions=len(actions), unchecked=unchecked))
    for principal in dict.fromkeys(each.principal for each in missing):
        rows = _rows(each for each in missing if each.principal == principal)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        print(translated("\n{principal} is not allowed:", principal=principal))
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            print(f"  {'  '.join(cells)}".rstrip())


def _rows(missing: Iterable[MissingPermission]) -> list[tuple[str, str, str, str]]:
    """Rows of action, resource, steps and reason. Steps with the same missing permission share a row."""
    steps: dict[tuple[str, str, str], list[str]] = {}
    for each in missing:
        steps.setdefault((each.action, each.resource, each.reason), []).append(each.step)
    rows = [(action, resource, ", ".join(sorted(names)), reason) for (action, resource, reason), names in steps.items()]
    return [(translated("ACTION"), translated("RESOURCE"), translated("STEPS"), translated("REASON")), *sorted(rows)]


def _as_json(result: RunResult) -> dict[str, Any]:
    return {
        "execution_arn": result.execution_arn,
        "status": result.status,
        "failure": result.failure,
        "seconds": round(result.seconds, 3),
        "steps": [
            {
                "name": step.name,
                "type": step.type,
                "status": step.status,
                "seconds": round(step.seconds, 3),
                "cached": step.cached,
                "stood_in": step.stood_in,
                "failure": step.failure,
                "empty_outputs": list(step.empty_outputs),
                "log": str(step.log) if step.log else None,
            }
            for step in result.steps
        ],
        "outputs": {name: dict(outputs) for name, outputs in result.outputs.items()},
        "property_files": dict(result.property_files),
        "model_package_arn": result.model_package_arn,
        "folder": str(result.folder) if result.folder else None,
        "missing_permissions": None if result.missing is None else [asdict(each) for each in result.missing],
    }


def print_supported(*, as_json: bool) -> None:
    """Print what the local runner supports in a definition."""
    features = supported_features()
    if as_json:
        print(json.dumps(features, indent=2))
        return
    for kind, names in features.items():
        print(f"{kind}: {', '.join(names) or 'none'}")
