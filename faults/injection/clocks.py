"""A clock that jumps while a command works, and back before the next command."""

from __future__ import annotations

import datetime
from pathlib import Path

import time_machine

from faults.case import Case
from faults.injection.events import act_at_event
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import run

# AWS refuses requests whose time differs by more than 15 minutes:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
JUMPS = tuple(
    sign * jump
    for jump in (
        datetime.timedelta(minutes=16),
        datetime.timedelta(hours=1),
        datetime.timedelta(days=1),
        datetime.timedelta(days=4000),
    )
    for sign in (1, -1)
)


class ClockJump(Injection):
    """The clock of the command's process jumps at an event."""

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        event = 1 + int(fault.position() * measured.events)
        jump = fault.random().choice(JUMPS)

        def set_clock() -> None:
            time_machine.travel(datetime.datetime.now(datetime.UTC) + jump, tick=True).start()

        ended = run(case.command(), output=output, inject=lambda: act_at_event(event, set_clock))
        hours = jump.total_seconds() / 3600
        return Broken(words=f"{hours:+,.1f} hours at event {event} of {measured.events}", ended=[ended])
