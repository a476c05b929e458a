"""The progress of a demo: a spinner on terminals, and one line with the duration of each phase."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from mlproject.report import Phase
from mlproject.runner import StepResult
from mlproject.translation import format_number, translated


class Progress:
    """Print and record the phases of a demo.

    Args:
        console: where to print.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phases: list[Phase] = []

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The completed phases with their wall-clock seconds."""
        return tuple(self._phases)

    def print(self, text: str) -> None:
        """Print a line."""
        self._console.print(f"  {text}", highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def phase(self, name: str) -> Iterator[Callable[[StepResult], None]]:
        """Show a phase while it runs and its duration at the end; yield an observer for the steps of a run."""
        started, shown = time.monotonic(), translated(name)
        running: dict[str, StepResult] = {}
        with self._console.status(shown) as status:

            def observe(step: StepResult) -> None:
                if step.status == "Executing":
                    running[step.name] = step
                else:
                    running.pop(step.name, None)
                status.update(f"{shown}: {', '.join(running)}" if running else shown)

            yield observe
        seconds = time.monotonic() - started
        self._phases.append(Phase(name=name, seconds=seconds))
        self._console.print(f"  {shown:<54} {format_number(seconds, '6.1f')} s", highlight=False)
