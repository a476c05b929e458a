"""Stacks of the example platform, which the tests of the stacks share."""

from tests.stacks.conftest import cloud_assembly, example_checkout, stacks

__all__ = ["cloud_assembly", "example_checkout", "stacks"]
