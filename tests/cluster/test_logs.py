"""Which cluster's logs are read by default."""

from __future__ import annotations

import pytest

from mlproject.cluster import find_newest_cluster
from tests.cluster.cluster_stack import names
from tests.cluster.test_library_reports import BEFORE, FAILED, CloudFormation


@pytest.mark.parametrize(
    ("status", "cluster", "newest"),
    [
        ("ROLLBACK_COMPLETE", None, FAILED),
        ("UPDATE_ROLLBACK_COMPLETE", BEFORE, FAILED),
        ("UPDATE_COMPLETE", BEFORE, BEFORE),
        ("UPDATE_COMPLETE", None, None),
    ],
)
def test_the_newest_cluster_is_the_one_whose_creation_failed_if_the_last_operation_was_rolled_back(
    status: str, cluster: str | None, newest: str | None
) -> None:
    assert find_newest_cluster(names("newest"), lambda _: CloudFormation(status, cluster)) == newest


def test_the_failure_of_one_cluster_says_nothing_about_another() -> None:
    client = CloudFormation("UPDATE_ROLLBACK_COMPLETE", BEFORE)
    assert find_newest_cluster(names("newest"), lambda _: client, "large") is None
