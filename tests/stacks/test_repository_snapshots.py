"""Content of the snapshots of a repository's stacks."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import pytest

from tests.repository.snapshots import changed, findings, snapshots
from tests.stacks.assembly import Stack

ENVIRONMENTS = ("dev", "pre", "prod", "local")
Stacks = Mapping[str, Stack]


@pytest.fixture(scope="module")
def kept(stacks: Stacks) -> Mapping[str, str]:
    return snapshots(stacks, ENVIRONMENTS)


def replaced(stack: Stack, old: str, new: str) -> Stack:
    """A stack whose template has another text."""
    text = json.dumps(stack.template)
    assert old in text
    return dataclasses.replace(stack, template=json.loads(text.replace(old, new)))


def without(stacks: Stacks, environment: str) -> Stacks:
    return {name: stack for name, stack in stacks.items() if not name.startswith(f"{environment}/")}


def test_the_first_environment_stands_whole_and_the_others_by_what_differs(kept: Mapping[str, str]) -> None:
    assert "dev/network.json" in kept
    assert "prod/flights/storage.diff" in kept
    assert not [path for path in kept if path.startswith("dev/") != path.endswith(".json")]
    assert '+      "DeletionPolicy": "RetainExceptOnCreate",\n' in kept["prod/flights/storage.diff"]
    # An environment like the first one has nothing to say but which one it is compared with.
    assert kept["local/flights/storage.diff"] == "--- dev/flights/storage\n+++ local/flights/storage\n"


def test_own_account_numbers_change_no_snapshot(stacks: Stacks, kept: Mapping[str, str]) -> None:
    own = {stack.account: str(987654321098 - int(stack.account) % 1000) for stack in stacks.values()}

    def moved(stack: Stack) -> Stack:
        text = json.dumps(stack.template)
        for old, new in own.items():
            text = text.replace(old, new)
        return dataclasses.replace(stack, template=json.loads(text), account=own[stack.account])

    assert snapshots({name: moved(stack) for name, stack in stacks.items()}, ENVIRONMENTS) == kept
    # Models are promoted from pre to prod.
    assert "<account of prod>" in kept["pre/flights/storage.diff"]
    assert "<account of pre>" in kept["prod/flights/pipeline.diff"]


def test_a_changed_stack_is_named_with_what_changed(stacks: Stacks, kept: Mapping[str, str]) -> None:
    assert changed(kept, stacks) == {}
    for name in ("dev/flights/storage", "prod/flights/storage"):
        found = changed(kept, {**stacks, name: replaced(stacks[name], '"aws:kms"', '"aws:kms:dsse"')})
        assert '"aws:kms:dsse"' in found[name]
        assert name in found[name]


def test_a_change_of_the_first_environment_alone_is_a_difference_of_the_others_too(
    stacks: Stacks, kept: Mapping[str, str]
) -> None:
    first = replaced(stacks["dev/flights/storage"], '"aws:kms"', '"aws:kms:dsse"')
    found = changed(kept, {**stacks, "dev/flights/storage": first})
    assert set(found) == {f"{environment}/flights/storage" for environment in ENVIRONMENTS}


def test_a_new_project_fails_no_test_and_is_told(stacks: Stacks, kept: Mapping[str, str]) -> None:
    more = {**stacks, "dev/aardvark/storage": dataclasses.replace(stacks["dev/flights/storage"])}
    assert changed(kept, more) == {}
    assert findings(kept, snapshots(more, ENVIRONMENTS)) == ["dev/aardvark/storage has no snapshot"]


@pytest.mark.parametrize("environment", ["dev", "local"])
def test_an_environment_that_is_gone_fails_no_test_and_is_told(
    environment: str, stacks: Stacks, kept: Mapping[str, str]
) -> None:
    fewer = without(stacks, environment)
    assert changed(kept, fewer) == {}
    found = findings(kept, snapshots(fewer, ENVIRONMENTS))
    assert (
        f"snapshots/{environment}/flights/storage.{'json' if environment == 'dev' else 'diff'} is of no stack, or "
        in ("".join(found))
    )
    # Without the first environment, the second one is what the others are compared with.
    assert ("pre/flights/storage has no snapshot" in found) is (environment == "dev")


def test_an_environment_before_the_first_changes_no_stack_and_asks_for_other_comparisons(
    stacks: Stacks, kept: Mapping[str, str]
) -> None:
    order = ("prod", "dev", "pre", "local")
    assert findings(kept, snapshots(stacks, order))
    assert changed(kept, stacks) == {}


def test_a_file_that_is_no_difference_is_no_snapshot(stacks: Stacks, kept: Mapping[str, str]) -> None:
    broken = {**kept, "prod/flights/storage.diff": "<<<<<<< HEAD\n"}
    assert findings(broken, kept) == [
        "snapshots/prod/flights/storage.diff is of no stack, or compares with another one than it should"
    ]
