"""Break a subject and judge it: what is left, what still runs, and what the next ordinary command does."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from faults.case import Case
from faults.injection.events import Counter, count_events
from faults.injection.network import counted_requests
from faults.model import Broken, Fault, Measurement, Result, Subject, Verdict
from faults.processes import Ended, processes_left, run

_BLOCK = 4096
# An internal error, with which no command may answer a fault.
_INTERNAL_ERROR = 70
_INTERRUPTED = 130
# How many characters of a message the results contain.
_SAID = 600


def measure(subject: Subject, folder: Path) -> Measurement:
    """Run a subject's command without a fault.

    Raises:
        RuntimeError: it does not succeed.
    """
    case = subject.open(folder / "measured")
    before = _usage(case.folder)
    events, requests = Counter(), Counter()
    with counted_requests(case.command(), requests) as command:
        ended = run(command, output=folder / "output", inject=lambda: count_events(events))
    found = [*case.problems(), *case.unfinished()]
    if ended.code or found:
        raise RuntimeError(f"{subject.name} does not work without a fault: {found}\n{ended.output}")
    blocks, inodes = (after - start for after, start in zip(_usage(case.folder), before, strict=True))
    case.close()
    shutil.rmtree(folder / "measured")
    return Measurement(events=events.value, requests=requests.value, blocks=blocks, inodes=inodes)


def judge(subject: Subject, fault: Fault, measured: Measurement, folder: Path) -> Result:
    """Return the result of a fault.

    Args:
        subject: the subject.
        fault: the fault.
        measured: a run without a fault.
        folder: a folder that does not exist. It is removed.
    """
    injection = subject.injections[fault.kind]
    folder.mkdir()
    output = folder.parent / f"{folder.name}.output"
    problems: list[str] = []
    with processes_left() as left, injection.surroundings(folder):
        case = subject.open(folder / "case")
        if injection.used:
            problems += _impolite(run(case.command(), output=output), "the command before the fault", killed=False)
        broken = injection.apply(case, fault, measured, output)
        problems += _problems_of_fault(case, broken)
        injection.repair(case)
        ended = injection.next_command(case, output)
        refused, said = ended.code != 0, ended.output.strip() if ended.code else ""
        if refused:
            problems += _impolite(ended, "the next command", killed=False)
            advice = injection.missing_advice(case, said)
            problems += [f"the next command does not name {advice}: {said[-_SAID:]}"] if advice else []
            injection.follow_advice(case)
            case.follow_advice(said)
            ended = injection.next_command(case, output)
        if ended.code:
            problems.append(f"the next command ends with exit code {ended.code}: {ended.output.strip()[-_SAID:]}")
        problems += [each for each in (*case.problems(), *case.unfinished()) if each not in broken.expected]
        case.close()
    problems += [f"still runs: {each}" for each in left]
    shutil.rmtree(folder)
    output.unlink(missing_ok=True)
    verdict = Verdict.FAILED if problems else Verdict.REFUSED if refused else Verdict.RECOVERED
    return Result(
        fault=fault, verdict=verdict, injected=broken.words, problems=tuple(dict.fromkeys(problems)), said=said[-_SAID:]
    )


def _problems_of_fault(case: Case, broken: Broken) -> Iterator[str]:
    for ended in broken.ended:
        yield from _impolite(ended, "the command with the fault", killed=broken.killed)
    yield from (f"after the fault, {each}" for each in case.problems() if each not in broken.expected)


def _impolite(ended: Ended, name: str, *, killed: bool) -> Iterator[str]:
    """Name what a command does wrong when it cannot work: it has to end with one clear sentence."""
    shown = ended.output.strip()[-_SAID:]
    if ended.code is None:
        yield f"{name} does not end: {shown}"
    elif ended.code < 0 and not (killed and ended.code == -signal.SIGKILL):
        yield f"{name} ends by signal {-ended.code}: {shown}"
    elif ended.code == _INTERNAL_ERROR or _shows_traceback(ended.output):
        yield f"{name} shows an internal error: {shown}"
    elif ended.code and ended.code > 0 and ended.code != _INTERRUPTED and not _says_reason(ended):
        yield f"{name} ends with exit code {ended.code} and says no reason: {shown}"


def _says_reason(ended: Ended) -> bool:
    return any(line.startswith(ended.error_prefix) and line for line in ended.output.splitlines())


def _shows_traceback(output: str) -> bool:
    """Return whether there is a traceback of the command's own; one in a quoted log is indented."""
    return any(line.startswith("Traceback (most recent call last)") for line in output.splitlines())


def _usage(folder: Path) -> tuple[int, int]:
    """Return the blocks and inodes of a folder's files."""
    found = [Path(parent, name) for parent, folders, files in os.walk(folder) for name in (*folders, *files)]
    return sum(-(-path.lstat().st_size // _BLOCK) for path in found if not path.is_dir()), len(found)
