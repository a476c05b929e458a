"""How judges are heard: their planted faults, their failures, and databases out of reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from audit.acceptance import review
from audit.finding import Finding
from audit.judge import Judge, JudgeError, UnreachableError, Verdict
from audit.report import Report, print_report, to_json
from audit.runner import Result, run_judges
from audit.subject import Subject

NOTHING = Subject(
    templates=(), nag_report=Path(), python=(), scripts=(), requirements=(), package_locks=(), planted=Path()
)
PLANTED = Finding(judge="linter", rule="L1", resource="planted/Bucket", message="public")
REAL = Finding(judge="linter", rule="L2", resource="dev/network/Vpc", message="no flow logs.")


def linter(judge: Callable[[Subject], Verdict]) -> Judge:
    return Judge(name="linter", version=lambda: "1.0", judge=judge, planted_rule="L1")


def verdict(*findings: Finding) -> Verdict:
    return Verdict(checked="1 template", findings=findings, acknowledged=2)


def heard(judge: Callable[[Subject], Verdict]) -> Result:
    (result,) = run_judges([linter(judge)], NOTHING, workers=1)
    return result


def raising(error: Exception) -> Callable[[Subject], Verdict]:
    def judge(_subject: Subject) -> Verdict:
        raise error

    return judge


def report(result: Result, *, optional: tuple[str, ...] = ()) -> Report:
    compared = review(result.findings, (), judges={"linter"}, today=date(2026, 12, 1))
    return Report(results=[result], review=compared, optional=optional, cpu_seconds=1.0)


def printed(of: Report) -> list[str]:
    console = Console(file=StringIO(), width=120)
    print_report(of, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_the_planted_finding_is_not_a_finding_of_the_subject() -> None:
    result = heard(lambda _: verdict(PLANTED, REAL))
    assert (result.findings, result.failure, result.version) == ((REAL,), None, "1.0")


@pytest.mark.parametrize("findings", [(), (REAL,), (Finding(judge="linter", rule="L9", resource="planted/x", message="")
,)])  # fmt: skip
def test_a_judge_that_overlooks_its_planted_fault_fails(findings: tuple[Finding, ...]) -> None:
    result = heard(lambda _: verdict(*findings))
    assert result.failure == "did not report the planted fault L1, so its silence says nothing"
    assert report(result).failures[0].startswith("linter did not report the planted fault L1")


def test_a_tool_that_breaks_fails_without_stopping_the_others() -> None:
    working = linter(lambda _: verdict(PLANTED))
    results = run_judges([linter(raising(JudgeError("ended with exit code 3"))), working], NOTHING, workers=2)
    assert [each.failure for each in results] == ["ended with exit code 3", None]
    assert report(results[0]).failures == ("linter ended with exit code 3",)


def test_a_report_of_an_unknown_format_is_a_failure() -> None:
    assert heard(raising(KeyError("results"))).failure == "printed a report of an unknown format: KeyError: 'results'"


def test_a_database_out_of_reach_is_a_failure_with_a_line_of_its_own() -> None:
    result = heard(raising(UnreachableError("osv.dev does not answer")))
    (failure,) = report(result).failures
    assert failure.startswith("linter did not check anything: osv.dev does not answer.")
    lines = printed(report(result))
    assert "NOT CHECKED" in lines[1]
    assert lines[-1].startswith("audit: failures: 1;")


def test_a_database_that_may_be_out_of_reach_is_still_reported_as_not_checked() -> None:
    result = heard(raising(UnreachableError("osv.dev does not answer")))
    accepted = report(result, optional=("linter",))
    assert accepted.failures == ()
    assert "NOT CHECKED: linter: osv.dev does not answer" in printed(accepted)


def test_an_unaccepted_finding_is_one_line_with_judge_rule_resource_and_what_to_do() -> None:
    lines = printed(report(heard(lambda _: verdict(PLANTED, REAL))))
    assert lines[1].split() == ["linter", "1.0", "1", "template", "3", "2", "1", "0"]
    assert lines[2:] == [
        "error: linter L2 dev/network/Vpc: no flow logs; correct it, or accept it with a reason in audit/accepted.yaml",
        "audit: failures: 1; 1 s of CPU time",
    ]


def test_the_json_report_has_the_same_counts_and_failures() -> None:
    result = report(heard(lambda _: verdict(PLANTED, REAL)))
    decoded = json.loads(to_json(result))
    (judge,) = decoded["judges"]
    assert (judge["findings"], judge["accepted"], judge["not_checked"]) == (3, 2, None)
    assert decoded["unaccepted"] == [
        {"judge": "linter", "rule": "L2", "resource": "dev/network/Vpc", "message": "no flow logs."}
    ]
    assert decoded["failures"] == list(result.failures)
