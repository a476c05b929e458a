"""How a run looks: a live table on a terminal, a line per event elsewhere, one JSON object on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol

from mlproject.runner import MissingPermission, RunResult, StepResult, supported_features

_MARKS = {"Succeeded": "done", "Failed": "failed", "Stopped": "stopped", "Skipped": "skipped", "Executing": "runs"}
_COLOURS = {"Succeeded": "green", "Failed": "red", "Stopped": "yellow", "Skipped": "dim", "Executing": "cyan"}


class View(Protocol):
    """What shows a run while it goes on."""

    def step(self, result: StepResult) -> None:
        """A step started or ended."""

    def say(self, text: str) -> None:
        """Something worth a line."""


@contextmanager
def progress(*, as_json: bool) -> Iterator[View]:
    """Show steps as they start and end; with JSON on standard output they go to standard error."""
    if not as_json and sys.stdout.isatty():
        with _live() as view:
            yield view
    else:
        yield _Lines(sys.stderr if as_json else sys.stdout)


class _Lines:
    """A line per event."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def step(self, result: StepResult) -> None:
        if result.status == "Executing":
            self.say(f"{result.name}: started")
        else:
            self.say(f"{result.name}: {described(result)}")

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


@contextmanager
def _live() -> Iterator[View]:
    from rich.console import Group
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    class Shown:
        """The steps so far; rich asks for it again several times a second, so running times move."""

        def __init__(self) -> None:
            self.steps: dict[str, StepResult] = {}
            self.clocks: dict[str, float] = {}
            self.notes: list[str] = []

        def step(self, result: StepResult) -> None:
            self.clocks.setdefault(result.name, time.monotonic())
            self.steps[result.name] = result

        def say(self, text: str) -> None:
            self.notes.append(text)

        def __rich__(self) -> Group:
            table = Table.grid(padding=(0, 2))
            for name, result in self.steps.items():
                runs = result.status == "Executing"
                seconds = time.monotonic() - self.clocks[name] if runs else result.seconds
                words = f"{seconds:.1f} s" if runs else described(result)
                table.add_row(name, Text(words, style=_COLOURS[result.status]))
            return Group(*map(Text, self.notes), table)

    shown = Shown()
    with Live(shown, refresh_per_second=8, transient=True):
        yield shown


def described(result: StepResult) -> str:
    """A step's end in a few words."""
    if result.cached:
        return f"{_MARKS[result.status]}, unchanged since an earlier run"
    return f"{_MARKS[result.status]} in {result.seconds:.2f} s"


def print_result(result: RunResult, *, as_json: bool) -> None:
    """The summary: a line per step, the metrics, what was registered, where the logs are."""
    if as_json:
        print(json.dumps(_as_json(result), indent=2))
        return
    width = max((len(step.name) for step in result.steps), default=0)
    print()
    for step in result.steps:
        seconds = f"{step.seconds:8.2f} s" if step.started else " " * 10
        cached = "  unchanged" if step.cached else ""
        print(f"  {step.name:{width}}  {step.type:13}  {step.status:9}  {seconds}{cached}")
    for step in result.steps:
        if step.empty_outputs:
            print(f"\nWarning: {_empty(step)}")
    for name, content in result.property_files.items():
        values = {key: value for key, value in content.items() if not isinstance(value, dict | list)}
        print(f"\n{name}")
        for key, value in values.items():
            print(f"  {key}: {value}")
    print(f"\n{result.status} in {result.seconds:.2f} s: {result.execution_arn}")
    if result.model_package_arn:
        print(f"Registered: {result.model_package_arn}")
    if result.folder:
        print(f"Logs: {result.folder / 'logs'}")
    if result.missing is not None:
        _print_missing(result, result.missing)


def _empty(step: StepResult) -> str:
    names = ", ".join(step.empty_outputs)
    outputs = f"output {names}" if len(step.empty_outputs) == 1 else f"outputs {names}"
    return (
        f"step {step.name} left no file in its {outputs}. Its script may have written somewhere else; the result is "
        "not kept for later runs."
    )


def _print_missing(result: RunResult, missing: tuple[MissingPermission, ...]) -> None:
    """A table for each principal, with a line for each action that it may not do on a resource."""
    from mlproject.aws_rules.step_calls import STEP_CALLS  # only a report needs it

    skipped = [step.name for step in result.steps if step.status == "Skipped" and STEP_CALLS[step.type]]
    unseen = f" Not looked at, since they did not run: {', '.join(skipped)}." if skipped else ""
    if not missing:
        print(f"\nNo permission is missing.{unseen}")
        return
    actions = {(each.principal, each.action) for each in missing}
    print(f"\nMissing permissions: {len(actions)}.{unseen}")
    for principal in dict.fromkeys(each.principal for each in missing):
        rows = _rows(each for each in missing if each.principal == principal)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        print(f"\n{principal} may not:")
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            print(f"  {'  '.join(cells)}".rstrip())


def _rows(missing: Iterable[MissingPermission]) -> list[tuple[str, str, str, str]]:
    """Action, resource, steps, reason; the steps that lack the same share a line."""
    steps: dict[tuple[str, str, str], list[str]] = {}
    for each in missing:
        steps.setdefault((each.action, each.resource, each.reason), []).append(each.step)
    rows = [(action, resource, ", ".join(sorted(names)), reason) for (action, resource, reason), names in steps.items()]
    return [("ACTION", "RESOURCE", "STEPS", "REASON"), *sorted(rows)]


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
    """What a definition may use."""
    found = supported_features()
    if as_json:
        print(json.dumps(found, indent=2))
        return
    for kind, names in found.items():
        print(f"{kind}: {', '.join(names) or 'none'}")
