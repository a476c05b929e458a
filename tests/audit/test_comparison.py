"""Counts of findings that can be compared between repositories."""

from __future__ import annotations

from typing import Any

import pytest

from audit.comparison import is_template, summarise
from audit.finding import Finding

BUCKET = {"Type": "AWS::S3::Bucket"}


def finding(rule: str, resource: str = "template.yaml/Bucket") -> Finding:
    return Finding(judge="cfn-lint", rule=rule, resource=resource, message="")


def test_findings_are_counted_for_100_resources_and_by_rule() -> None:
    found = [finding("E3002"), finding("E3002", "template.yaml/Key"), finding("AwsSolutions-IAM5[Resource::*]")]
    assert summarise(found, 40) == {
        "total": 3,
        "per 100 resources": 7.5,
        "rules": {"E3002": 2, "AwsSolutions-IAM5": 1},
    }


def test_a_finding_that_is_reported_twice_and_remarks_on_style_do_not_count() -> None:
    assert summarise([finding("E3002"), finding("E3002"), finding("I1022")], 1)["total"] == 1


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Resources": {"Bucket": BUCKET, "Setting": {"Type": "Custom::Setting"}}}, True),
        ({"Resources": {}}, False),
        ({"Resources": {"Deployment": {"kind": "Deployment"}}}, False),
        (["Resources"], False),
        ("Resources", False),
    ],
)
def test_a_document_is_a_template_if_all_its_resources_are_of_cloudformation(document: Any, expected: bool) -> None:
    assert is_template(document) is expected
