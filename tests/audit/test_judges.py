"""How the reports of tools are read, and which files they receive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.deployed_account import DeployedAccount
from audit.finding import Finding
from audit.judge import JudgeError, UnreachableError
from audit.judges import npm_audit, pip_audit, prowler
from audit.planted import TEMPLATE, plant
from audit.registry import JUDGES
from audit.subject import ROOT, select_python, select_scripts
from audit.tools import PROWLER, program

SKIPPED = {"name": "requests", "skip_reason": "Dependency not found on PyPI and could not be audited"}
VULNERABLE = {"name": "requests", "version": "2.19.0", "vulns": [{"id": "PYSEC-2018-28", "fix_versions": ["2.20.0"]}]}


def dependencies(*found: dict[str, Any]) -> str:
    return json.dumps({"dependencies": found})


def test_a_vulnerability_is_read_with_its_version() -> None:
    ((name, version, found),) = pip_audit.read_report(dependencies(VULNERABLE))
    assert (name, version, found["id"]) == ("requests", "2.19.0", "PYSEC-2018-28")


def test_a_library_that_pip_audit_skips_means_that_the_database_is_out_of_reach() -> None:
    with pytest.raises(UnreachableError, match="could not be audited"):
        pip_audit.read_report(dependencies(VULNERABLE, SKIPPED))


def test_every_version_of_every_lock_is_looked_up_once() -> None:
    locks = [{"a": {"1"}, "b": {"1"}}, {"a": {"1", "2"}}, {"c": {"3"}}]
    assert pip_audit.merge_pins(locks) == ({"a": "1", "b": "1", "c": "3"}, {"a": "2"})


def test_an_advisory_belongs_to_the_package_that_is_vulnerable_itself() -> None:
    advisory = {"url": "https://github.com/advisories/GHSA-jf85-cpcp-j695", "title": "Pollution", "range": "<4.17.12"}
    report = {"vulnerabilities": {"lodash": {"via": [advisory]}, "async": {"via": ["lodash"]}}}
    assert npm_audit.read_report(json.dumps(report)) == [("lodash", advisory)]


def test_a_report_without_advisories_means_that_the_database_is_out_of_reach() -> None:
    with pytest.raises(UnreachableError, match="405 Method Not Allowed"):
        npm_audit.read_report(json.dumps({"message": "405 Method Not Allowed"}))


@pytest.mark.parametrize(
    ("arn", "resource"),
    [
        ("arn:aws:s3:::flights-dev-data", "dev/flights/storage/DataBucket"),
        ("arn:aws:iam::111111111111:role/flights-dev-pipeline", "dev/flights/pipeline/Role"),
        ("arn:aws:logs:eu-west-1:111111111111:log-group:/aws/flights-dev/nodes:*", "dev/flights/emr/Logs"),
        ("arn:aws:cloudformation:eu-west-1:111111111111:stack/flights-dev-storage/1", "dev/flights/storage"),
        ("arn:aws:s3:::other-flights-dev-data", None),
        ("arn:aws:iam::111111111111:root", None),
    ],
)
def test_only_failed_checks_of_resources_of_stacks_are_findings_of_prowler(
    arn: str, resource: str | None, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    rows = (f"a_check;PASS;{arn};A title", f'a_check;FAIL;{arn};"A title; with more"')
    report.write_text("\n".join(("CHECK_ID;STATUS;RESOURCE_UID;CHECK_TITLE", *rows)))
    resources = {
        "flights-dev-data": "dev/flights/storage/DataBucket",
        "flights-dev-pipeline": "dev/flights/pipeline/Role",
        "/aws/flights-dev/nodes": "dev/flights/emr/Logs",
        "nodes": "dev/flights/emr/Other",
        "arn:aws:cloudformation:eu-west-1:111111111111:stack/flights-dev-storage/1": "dev/flights/storage",
    }
    account = DeployedAccount(region="eu-west-1", variables={}, resources=resources)
    found = [(each.rule, each.resource, each.message) for each in prowler.read_report(report, account)]
    assert found == ([("a_check", resource, "A title; with more")] if resource else [])


def test_what_installs_prowler_is_named_if_it_is_missing() -> None:
    with pytest.raises(JudgeError, match="run make audit JUDGES=prowler, which installs it"):
        program(PROWLER, "no-such-program")


def test_scripts_are_known_by_their_first_line_or_their_suffix() -> None:
    names = ("scripts/install", ".ci/run", "lifecycle_scripts/start.sh", "scripts/check_locks.py", "Makefile")
    files = [ROOT / name for name in names if (ROOT / name).exists()]
    selected = {path.relative_to(ROOT).as_posix() for path in select_scripts(files)}
    assert {"scripts/install", ".ci/run"} <= selected
    assert not selected & {"scripts/check_locks.py", "Makefile"}


def test_code_of_tests_and_of_teams_is_left_out() -> None:
    files = [ROOT / "mlproject/git.py", ROOT / "tests/checkouts.py", ROOT / "projects/x/notebooks/a.py"]
    assert select_python(files) == (ROOT / "mlproject/git.py",)


def test_planted_faults_are_complete_and_no_secret_is_in_this_repository(tmp_path: Path) -> None:
    plant(tmp_path / "planted")
    files = {path.name for path in (tmp_path / "planted").iterdir()}
    assert {"template.json", "code.py", "script.sh", "secret.txt", "requirements.txt", "package-lock.json"} <= files
    secret = (tmp_path / "planted" / "secret.txt").read_text().split()[-1]
    assert secret not in (ROOT / "audit" / "planted.py").read_text()
    assert set(TEMPLATE["Resources"]) == {"PublicBucket", "Administrator"}


def test_findings_are_ordered_so_that_two_reports_can_be_compared() -> None:
    one, two = (Finding(judge="checkov", rule=rule, resource="a", message="") for rule in ("CKV_2", "CKV_1"))
    assert sorted([one, two]) == [two, one]
    assert len({judge.name for judge in JUDGES}) == len(JUDGES)
