"""Explain why the process of a step failed: the script's own error first, then the end of its log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import LAST_LINES
from mlproject.runner.container.tracebacks import find_script_error
from mlproject.runner.steps.job import Job
from mlproject.translation import Message, joined


def failure_reason(job: Job, place: Place, lines: Sequence[str], failure: str) -> str:
    """Return the exit reason with the script's message, the last line of its own code, and how to fix it if known.

    Args:
        job: the job.
        place: its work folder, whose paths are shown as in the container.
        lines: the end of the log.
        failure: how the process ended, such as `exit code 1`.
    """
    error = find_script_error([line.replace(place.base, BASE) for line in lines])
    message = job.message(place) or (error.message if error else None)
    reason = joined("", (failure, ": ", message, ".") if message else (failure, "."))
    if error is None:
        return reason
    frame = [f"  {error.location}"] if error.location else []
    source = [f"    {error.source}"] if error.source else []
    module = error.missing_module
    remedy = [job.interpreter.missing_module(module)] if module else []
    return joined("\n", [reason, *frame, *source, *remedy])


def quote_log(log: Path, lines: Sequence[str], *, after: str) -> str:
    """Return the last lines of a log, to be appended to a reason.

    Args:
        log: the log.
        lines: its end.
        after: the reason; after one of several lines, the log starts on a new line.
    """
    gap = "\n" if "\n" in after else " "
    if not lines:
        return joined(gap, ("", Message("It produced no output.")))
    quoted = "".join(f"\n  {line}" for line in lines[-LAST_LINES:])
    return joined(gap, ("", joined("", (Message("The last lines of {log}:", log=log), quoted))))
