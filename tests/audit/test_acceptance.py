"""Accepted findings: what an entry covers, and which entries must be removed or reviewed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.acceptance import AcceptedFindings, Review, read_accepted, review
from audit.finding import Finding
from audit.registry import JUDGES
from mlproject.errors import UserError

TODAY = date(2026, 12, 1)
REASON = "Logs about the bucket of access logs would never end."
BUCKET = Finding(
    judge="checkov", rule="CKV_AWS_18", resource="dev/flights/storage/AccessLogsBucket", message="no access logs"
)
WILDCARD = Finding(
    judge="cdk-nag", rule="AwsSolutions-IAM5[Resource::*]", resource="dev/flights/emr/Role", message="a wildcard"
)


def entry(
    rules: dict[str, tuple[str, ...]],
    *resources: str,
    expires: date = date(2027, 12, 1),
) -> AcceptedFindings:
    return AcceptedFindings(
        subject="access logs", rules=rules, resources=resources, reason=REASON, owner="maintainers", expires=expires
    )


def compare(*entries: AcceptedFindings, judges: tuple[str, ...] = ("checkov", "cdk-nag")) -> Review:
    return review([BUCKET, WILDCARD], entries, judges=judges, today=TODAY)


def test_a_finding_without_an_entry_is_not_accepted() -> None:
    assert compare() == Review(accepted=(), unaccepted=(WILDCARD, BUCKET), problems=())


def test_an_entry_covers_a_finding_of_its_rule_and_its_resource_only() -> None:
    compared = compare(entry({"checkov": ("CKV_AWS_18",)}, "*/storage/AccessLogs*"))
    assert (compared.accepted, compared.unaccepted, compared.problems) == ((BUCKET,), (WILDCARD,), ())


@pytest.mark.parametrize(
    ("rules", "pattern"),
    [
        ({"checkov": ("CKV_AWS_19",)}, "*/storage/AccessLogs*"),
        ({"checkov": ("CKV_AWS_18",)}, "*/storage/Data*"),
        ({"cfn-lint": ("CKV_AWS_18",)}, "*/storage/AccessLogs*"),
    ],
)
def test_another_rule_another_resource_or_another_judge_is_not_covered(
    rules: dict[str, tuple[str, ...]], pattern: str
) -> None:
    assert BUCKET in compare(entry(rules, pattern)).unaccepted


def test_brackets_in_a_rule_are_literal() -> None:
    assert compare(entry({"cdk-nag": ("AwsSolutions-IAM5[Resource::*]",)}, "*")).accepted == (WILDCARD,)


def test_one_entry_covers_the_same_subject_at_several_judges() -> None:
    rules: dict[str, tuple[str, ...]] = {"checkov": ("CKV_AWS_18",), "cdk-nag": ("AwsSolutions-*",)}
    assert compare(entry(rules, "*")).accepted == (BUCKET, WILDCARD)


def test_a_rule_and_a_pattern_that_accept_nothing_must_be_removed() -> None:
    rules: dict[str, tuple[str, ...]] = {"checkov": ("CKV_AWS_18", "CKV_AWS_99")}
    assert compare(entry(rules, "*/storage/*", "*/network/*")).problems == (
        "accepted.yaml: 'access logs' accepts nothing for checkov CKV_AWS_99: remove it",
        "accepted.yaml: 'access logs' accepts nothing for */network/*: remove it",
    )


def test_an_entry_is_not_unused_because_its_judge_did_not_run() -> None:
    rules: dict[str, tuple[str, ...]] = {"checkov": ("CKV_AWS_18",), "prowler": ("s3_bucket_default_encryption",)}
    assert compare(entry(rules, "*/storage/*", "prowler-*")).problems == ()


def test_an_expired_entry_still_covers_its_findings_but_must_be_reviewed() -> None:
    compared = compare(entry({"checkov": ("CKV_AWS_18",)}, "*", expires=date(2026, 11, 30)))
    assert compared.accepted == (BUCKET,)
    (problem,) = compared.problems
    assert problem == (
        "accepted.yaml: 'access logs' expired on 2026-11-30: maintainers reviews its reason and sets another date, "
        "or corrects the finding"
    )


def test_an_entry_counts_on_the_day_on_which_it_expires() -> None:
    assert compare(entry({"checkov": ("CKV_AWS_18",)}, "*", expires=TODAY)).problems == ()


def test_every_error_of_the_file_is_reported_with_its_entry(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(
        "- {subject: one, rules: {checkov: []}, resources: ['*'], owner: me, expires: 2027-01-01,"
        " reason: that is long enough to be read as one}\n"
        "- {subject: two, rules: {checkov: [A]}, resources: ['*'], owner: me, expires: soon, reason: short, who: me}\n"
    )
    with pytest.raises(UserError) as error:
        read_accepted(file)
    places = [line.split(": ")[1] for line in str(error.value).splitlines()]
    assert places == ["entry 1, rules, checkov", "entry 2, reason", "entry 2, expires", "entry 2, who"]


def test_a_file_that_is_not_yaml_is_an_error_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text("- {subject: [}\n")
    with pytest.raises(UserError, match=r"^accepted\.yaml: is not valid YAML: .*line 1") as error:
        read_accepted(file)
    assert "\n" not in str(error.value)


def test_the_committed_file_names_known_judges_and_each_subject_once() -> None:
    entries = read_accepted()
    assert {judge for each in entries for judge in each.rules} <= {judge.name for judge in JUDGES}
    subjects = [each.subject for each in entries]
    assert len(subjects) == len(set(subjects))
