"""The summary of an upgrade: what changes in which lock, and how much."""

from __future__ import annotations

import pytest

from mlproject.libraries.differences import VersionChange
from scripts.upgrade_summary import kind_of, read_versions, summarise


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("1.0", "2.0", "major"),
        ("1.0", "1.1", "minor"),
        ("1.0.0", "1.0.1", "patch"),
        ("1.0", "1.0.post1", "patch"),
        ("2024.1", "2026.1", "major"),
        ("1.0", "1!0.1", "major"),
        ("2.0", "1.0", "other"),
        ("1.0 2.0", "3.0", "other"),
        (None, "1.0", "added"),
        ("1.0", None, "removed"),
    ],
)
def test_the_kind_of_a_change_is_the_part_of_the_version(before: str | None, after: str | None, kind: str) -> None:
    assert kind_of(VersionChange(name="tiny", before=before, after=after)) == kind


def test_a_change_in_several_locks_is_one_row_and_the_largest_changes_come_first() -> None:
    small = VersionChange(name="a", before="1.0", after="1.1")
    large = VersionChange(name="b", before="1.0", after="2.0")
    rows = summarise({"one.txt": [small], "two.txt": [small, large]})
    assert [row.cells for row in rows] == [
        ("b", "1.0", "2.0", "major", "two.txt"),
        ("a", "1.0", "1.1", "minor", "one.txt, two.txt"),
    ]


def test_versions_are_read_from_both_kinds_of_locks() -> None:
    npm = '{"packages": {"": {}, "node_modules/@a/b": {"version": "1.0.0"}}}'
    assert read_versions("package-lock.json", npm) == {"@a/b": "1.0.0"}
    assert read_versions("requirements/x.txt", "numpy==1.0 \\\n    --hash=sha256:aa\n") == {"numpy": "1.0"}
    assert read_versions("requirements/x.txt", "") == read_versions("package-lock.json", "") == {}
