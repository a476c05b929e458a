"""cfn-lint over the templates, and each template against its snapshot."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.repository.snapshots import account_names, changed, stored, without_names
from tests.stacks.assembly import Stack
from tests.stacks.test_checkers import lint

ADVICE = "If the change is meant, run `make snapshots`, read `git diff snapshots` and commit it."


def test_cfn_lint_has_nothing_to_say(every_stack: Mapping[str, Stack]) -> None:
    # Environments whose templates differ in names and account numbers only are looked at once.
    accounts = account_names(every_stack)
    different = {(stack.region, without_names(stack, accounts)): stack for stack in every_stack.values()}
    for region in {region for region, _ in different}:
        files = [stack.template_file for (own, _), stack in different.items() if own == region]
        assert lint([region], *files) == []


def test_every_stack_is_as_its_snapshot(every_stack: Mapping[str, Stack]) -> None:
    found = changed(stored(), every_stack)
    if found:
        pytest.fail(
            "\n\n".join([*found.values(), f"{', '.join(found)}: another template than snapshots/ has. {ADVICE}"]),
            pytrace=False,
        )
