"""What people and machines read about a run."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from audit.acceptance import Review
from audit.finding import Finding
from audit.runner import Result

_REMEDY = "correct it, or accept it with a reason in audit/accepted.yaml"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Results of all judges, compared with the accepted findings.

    Args:
        results: of the judges.
        review: of their findings.
        optional: judges whose database may be out of reach.
        cpu_seconds: of all processes.
    """

    results: Sequence[Result]
    review: Review
    optional: Collection[str]
    cpu_seconds: float

    @property
    def failures(self) -> tuple[str, ...]:
        """A line for everything that must be corrected."""
        return (
            *(f"{each.judge} {each.failure}" for each in self.results if each.failure),
            *(
                f"{each.judge} did not check anything: {each.unreachable}. Where its database is known to be out of "
                f"reach, name the judge in --may-be-unreachable"
                for each in self.results
                if each.unreachable and each.judge not in self.optional
            ),
            *(
                f"{each.judge} {each.rule} {each.resource}: {each.message.rstrip('.')}; {_REMEDY}"
                for each in self.review.unaccepted
            ),
            *self.review.problems,
        )

    @property
    def not_checked(self) -> tuple[str, ...]:
        """A line for each judge that may be out of reach and is."""
        return tuple(
            f"NOT CHECKED: {each.judge}: {each.unreachable}"
            for each in self.results
            if each.unreachable and each.judge in self.optional
        )


def print_report(report: Report, console: Console) -> None:
    """Print a table of the judges, and a line for each failure."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Judge", "Version", "Checked"):
        table.add_column(name, no_wrap=name == "Judge")
    for name in ("Findings", "Accepted", "Failures", "Seconds"):
        table.add_column(name, justify="right")
    for result in report.results:
        accepted = result.acknowledged + _count(report.review.accepted, result.judge)
        unaccepted = _count(report.review.unaccepted, result.judge)
        failed = result.failure or result.unreachable
        table.add_row(
            result.judge,
            result.version,
            "NOT CHECKED" if result.unreachable else result.checked or "FAILED",
            "" if failed else str(len(result.findings) + result.acknowledged),
            "" if failed else str(accepted),
            "" if failed else str(unaccepted),
            f"{result.seconds:.0f}",
        )
    console.print(table)
    for line in (*report.not_checked, *(f"error: {each}" for each in report.failures)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    total = "no failures" if not report.failures else f"failures: {len(report.failures)}"
    console.print(f"audit: {total}; {report.cpu_seconds:.0f} s of CPU time", highlight=False)


def to_json(report: Report) -> str:
    """Return the whole report as one JSON object."""
    judges = [
        {
            "judge": each.judge,
            "version": each.version,
            "checked": each.checked,
            "findings": len(each.findings) + each.acknowledged,
            "accepted": each.acknowledged + _count(report.review.accepted, each.judge),
            "seconds": round(each.seconds, 1),
            "failure": each.failure,
            "not_checked": each.unreachable,
        }
        for each in report.results
    ]
    unaccepted = [asdict(each) for each in report.review.unaccepted]
    return json.dumps({"judges": judges, "unaccepted": unaccepted, "failures": report.failures}, indent=2)


def _count(findings: Sequence[Finding], judge: str) -> int:
    return sum(each.judge == judge for each in findings)
