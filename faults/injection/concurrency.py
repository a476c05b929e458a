"""A second command that runs in the middle of the first one."""

from __future__ import annotations

import os
import select
from pathlib import Path

from faults.case import Case
from faults.injection.events import act_at_event
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import Running, run

# Longer than a command takes. The first one goes on afterwards, since the second may wait for a lock that it holds.
_PATIENCE_SECONDS = 4.0


class TwoAtOnce(Injection):
    """The first command stops at an event until the second one has ended."""

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        event = 1 + int(fault.position() * measured.events)
        reached, arrive = os.pipe()
        resumed, resume = os.pipe()

        def pause() -> None:
            os.write(arrive, b"\n")
            select.select([resumed], [], [], _PATIENCE_SECONDS)

        first = Running(case.command(), output=output, inject=lambda: act_at_event(event, pause))
        os.close(arrive)
        os.read(reached, 1)  # nothing if the first command ended before
        second = run(case.command(), output=output.with_name(f"{output.name}.second"), inject=lambda: os.close(resume))
        os.close(resume)
        ended = [first.wait(), second]
        os.close(reached)
        os.close(resumed)
        output.with_name(f"{output.name}.second").unlink()
        return Broken(words=f"a second command at event {event} of {measured.events}", ended=ended)
