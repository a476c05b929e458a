"""The plugin of pytest that runs the tests of a mutant."""

from __future__ import annotations

from embedded_aws.resource_rules import resource_rules
from mutation.selection import _cached_functions


def test_what_the_unchanged_code_has_cached_is_found() -> None:
    resource_rules("AWS::S3::Bucket")
    assert resource_rules in list(_cached_functions())
