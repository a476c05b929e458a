"""Run all judges at the same time, and collect their results."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from audit.finding import Finding
from audit.judge import Judge, JudgeError, UnreachableError
from audit.subject import PLANTED, Subject


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a judge did.

    Args:
        judge: its name.
        version: of the tool.
        checked: what it looked at; empty if it failed.
        findings: without the planted ones.
        acknowledged: further findings that are accepted beside the resource.
        seconds: how long it took.
        failure: why it has no result, or that it overlooked its planted fault; None if it worked.
        unreachable: why its database could not be reached; None if it was.
    """

    judge: str
    version: str
    checked: str = ""
    findings: tuple[Finding, ...] = ()
    acknowledged: int = 0
    seconds: float = 0.0
    failure: str | None = None
    unreachable: str | None = None


def run_judges(judges: Sequence[Judge], subject: Subject, *, workers: int) -> tuple[Result, ...]:
    """Return the results of the judges, in their order.

    Args:
        judges: which ones.
        subject: what they judge.
        workers: how many work at the same time, each in processes of its own.
    """
    with ThreadPoolExecutor(workers) as pool:
        return tuple(pool.map(lambda judge: _result(judge, subject), judges))


def _result(judge: Judge, subject: Subject) -> Result:
    started = time.monotonic()
    version = "?"
    try:
        version = judge.version()
        verdict = judge.judge(subject)
    except JudgeError as error:
        return Result(judge=judge.name, version=version, seconds=time.monotonic() - started, failure=str(error))
    except (KeyError, TypeError, ValueError) as error:
        failure = f"printed a report of an unknown format: {type(error).__name__}: {error}"
        return Result(judge=judge.name, version=version, seconds=time.monotonic() - started, failure=failure)
    except UnreachableError as error:
        return Result(judge=judge.name, version=version, seconds=time.monotonic() - started, unreachable=str(error))
    planted = [each for each in verdict.findings if _is_planted(each)]
    return Result(
        judge=judge.name,
        version=version,
        checked=verdict.checked,
        findings=tuple(sorted({each for each in verdict.findings if not _is_planted(each)})),
        acknowledged=verdict.acknowledged,
        seconds=time.monotonic() - started,
        failure=None
        if any(each.rule == judge.planted_rule for each in planted)
        else f"did not report the planted fault {judge.planted_rule}, so its silence says nothing",
    )


def _is_planted(finding: Finding) -> bool:
    return finding.resource.split("/", 1)[0] == PLANTED
