"""What holds for the stacks of any platform: the tests that a repository runs over its own, as one function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint.api
from cfnlint.config import ManualArgs

from mlproject.limits import stack_usage
from mlproject.parameters import Platform
from tests.repository import test_invariants
from tests.stacks.assembly import Stack
from tests.stacks.test_checkers import FOR_WRITERS_OF_TEMPLATES

# The rules of cfn-lint that depend on what parameters cannot know, and why.
OF_THE_REGION = {
    "E3675": "has the node types of EMR from the price list of each region, which changes every month; the parameters "
    "know those that a release supports, and `mlproject preflight` asks AWS which of them the zones have",
}
# It reads what aws-cdk-lib's own validation found, which takes as long as the synthesis.
_WITH_VALIDATION = "test_rule_19_cdks_own_validation_has_nothing_to_say_and_every_accepted_finding_is_still_found"


def assert_invariants(stacks: Mapping[str, Stack], *, platform: Platform, assembly: Path) -> None:
    """Assert that stacks are private, encrypted, tagged, without exports and without an unexplained wildcard.

    Args:
        stacks: all stacks of a platform by path.
        platform: its parameters.
        assembly: the cloud assembly.
    """
    given: dict[str, Any] = {
        "every_stack": stacks,
        "all_stacks": {name: stack for name, stack in stacks.items() if not name.startswith("identity/")},
        "platforms": [platform],
        "assemblies": [assembly],
    }
    for invariant in invariants():
        invariant(**{name: given[name] for name in inspect.signature(invariant).parameters})


@cache
def invariants() -> Sequence[Callable[..., None]]:
    """Return the tests of a repository's stacks; the packs of cdk-nag synthesize for themselves."""
    known = {"every_stack", "all_stacks", "platforms", "assemblies"}
    return [
        each
        for name, each in vars(test_invariants).items()
        if name.startswith("test_") and name != _WITH_VALIDATION and set(inspect.signature(each).parameters) <= known
    ]


def assert_within_limits(stack: Stack) -> None:
    """Assert that a template exceeds no limit of CloudFormation or of its policies."""
    exceeded = [each for each in stack_usage(stack.name, stack.template_file.read_text()) if each.share > 1]
    assert exceeded == []


def lint_findings(stack: Stack) -> list[str]:
    """Return all findings of cfn-lint in a template, including informational ones."""
    options = ManualArgs(include_checks=["I"], regions=[stack.region])
    return [
        f"{stack.name}: {match.rule.id} {match.message} at {match.path}"
        for match in cfnlint.api.lint(stack.template_file.read_text(), config=options)
        if match.rule.id not in {**FOR_WRITERS_OF_TEMPLATES, **OF_THE_REGION}
    ]
