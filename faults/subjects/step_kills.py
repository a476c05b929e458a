"""kill -9 of the process of a step."""

from __future__ import annotations

from pathlib import Path

from faults.case import Case
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import run
from faults.subjects.pipeline import EVENTS, arm


class KillStep(Injection):
    """SIGKILL of a step when it is about to write one of its files."""

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        points = [(step, event) for step, count in EVENTS.items() for event in range(1, count + 1)]
        step, event = points[int(fault.position() * len(points))]
        arm(case.folder, step=step, event=event)
        ended = run(case.command(), output=output)
        return Broken(words=f"SIGKILL of {step} before its file {event}", ended=[ended])
