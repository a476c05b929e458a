"""The plugin of pytest that runs the tests of a mutant."""

from __future__ import annotations

import pytest

from embedded_aws.resource_rules import resource_rules
from mutation import selection
from mutation.selection import _cached_functions, pytest_runtest_setup


def test_what_the_unchanged_code_has_cached_is_found() -> None:
    resource_rules("AWS::S3::Bucket")
    assert resource_rules in list(_cached_functions())


def test_no_test_finds_what_another_one_has_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "_PACKAGES", ("embedded_aws.resource_rules",))
    resource_rules("AWS::S3::Bucket")
    pytest_runtest_setup()
    assert resource_rules.cache_info().currsize == 0
