"""Smoke checks: whether a deployed project can be used, read from AWS without changing anything."""

from mlproject.smoke.checks import check_deployment
from mlproject.smoke.expected_stacks import expected_stacks

__all__ = ["check_deployment", "expected_stacks"]
