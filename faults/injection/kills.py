"""kill -9 of a command, or of everything in its process group, at one of its events."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from faults.case import Case
from faults.injection.events import Moment, act_at_event, kill
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import run


@dataclass(frozen=True, kw_only=True)
class Kill(Injection):
    """SIGKILL at an event.

    Args:
        group: whether the whole process group ends, as with a terminal or a container.
    """

    group: bool = False

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        event = 1 + int(fault.position() * measured.events)
        moment: Moment = fault.random().choice(("before", "after"))
        ended = run(
            case.command(),
            output=output,
            inject=lambda: act_at_event(event, lambda: kill(group=self.group), moment=moment),
        )
        words = f"SIGKILL {moment} event {event} of {measured.events}"
        return Broken(words=words, ended=[ended], killed=True)
