"""Which paths differ."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.resource_rules import changed_paths


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ({"A": 1}, {"A": 1}, set()),
        ({"A": 1}, {"A": 2, "B": 3}, {"A", "B"}),
        ({"A": {"B": 1, "C": 2}}, {"A": {"B": 1, "C": 3}}, {"A/C"}),
        ({}, {"A": {"B": {"C": 1}, "D": 2}}, {"A/B/C", "A/D"}),
        ({"A": {"B": 1}}, {}, {"A/B"}),
        ({}, {"A": {}}, {"A"}),
        ({"A": [{"B": 1}, {"B": 2}]}, {"A": [{"B": 1}, {"B": 3}]}, {"A/*/B"}),
        ({"A": [1]}, {"A": [1, 2]}, {"A"}),
        ({"A": {"B": 1}}, {"A": "text"}, {"A"}),
        ({"A": 1}, {"A": True}, {"A"}),
        ({}, {"A": None}, {"A"}),
    ],
)
def test_the_leaves_that_differ_are_named(old: dict[str, Any], new: dict[str, Any], paths: set[str]) -> None:
    assert changed_paths(old, new) == paths
    assert changed_paths(new, old) == paths
