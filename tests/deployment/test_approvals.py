"""Approvals: what their hash depends on, and why a deployment is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlproject.deployment import Approval, StackChanges, create_approval, require_approval
from mlproject.errors import UserError
from tests.deployment.test_consequences import BUCKET, NOTEBOOK, changed, removed

TARGET = {"project": "flights", "environment": "prod", "account": "333333333333", "region": "eu-west-1"}
CHANGES = (changed(NOTEBOOK, "InstanceType"), removed(BUCKET, "Retain"))
STORAGE = StackChanges(
    path="prod/flights/storage",
    name="flights-prod-storage",
    is_new=False,
    changes=CHANGES,
    deployed_state="3f2a9c41d07b",
    desired_state="d" * 64,
)
NETWORK = StackChanges(
    path="prod/network", name="prod-network", is_new=False, is_unchanged=True, deployed_state="1" * 12
)
PIPELINE = StackChanges(path="prod/flights/pipeline", name="flights-prod-pipeline", is_new=True, desired_state="e" * 64)


def approval(*stacks: StackChanges) -> Approval:
    return create_approval(stacks, target=TARGET)


def test_the_hash_depends_on_no_order_no_unchanged_stack_and_no_physical_id() -> None:
    renamed = tuple({**each, "PhysicalResourceId": "another"} for each in reversed(CHANGES))
    same = approval(PIPELINE, replace(NETWORK, deployed_state="2" * 12), replace(STORAGE, changes=renamed))
    assert same.hash == approval(NETWORK, STORAGE, PIPELINE).hash


def test_an_approval_of_the_same_changes_is_accepted_as_a_file_and_as_a_hash(tmp_path: Path) -> None:
    file = tmp_path / "approval.json"
    file.write_text(approval(STORAGE, PIPELINE).to_json())
    for given in (str(file), approval(STORAGE, PIPELINE).hash):
        require_approval(given, approval(PIPELINE, STORAGE))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (
            [replace(STORAGE, deployed_state="4" * 12), PIPELINE],
            "the approval is older than the deployed state of flights-prod-storage",
        ),
        (
            [replace(STORAGE, desired_state="f" * 64), PIPELINE],
            "the changes to flights-prod-storage are not the approved",
        ),
        ([replace(STORAGE, changes=CHANGES[:1]), PIPELINE], "the changes to flights-prod-storage are not the approved"),
        ([STORAGE], "flights-prod-pipeline has no changes any more"),
        (
            [STORAGE, PIPELINE, replace(NETWORK, is_unchanged=False)],
            "prod-network changes now, but the approval does not mention it",
        ),
    ],
)
def test_other_changes_or_another_deployed_state_are_refused_in_one_sentence(
    tmp_path: Path, now: list[StackChanges], words: str
) -> None:
    file = tmp_path / "approval.json"
    file.write_text(approval(STORAGE, PIPELINE).to_json())
    with pytest.raises(UserError, match=words) as refused:
        require_approval(str(file), approval(*now))
    assert refused.value.exit_code == 1
    assert "so nothing was deployed. Run `mlproject guard --record` again" in str(refused.value)
    with pytest.raises(UserError, match="the deployed state or the changes are not the approved ones"):
        require_approval(approval(STORAGE, PIPELINE).hash, approval(*now))


def test_an_approval_for_another_environment_says_for_which(tmp_path: Path) -> None:
    file = tmp_path / "approval.json"
    file.write_text(create_approval([STORAGE], target={**TARGET, "environment": "pre"}).to_json())
    with pytest.raises(UserError, match="the approval is for flights in pre, account 333333333333"):
        require_approval(str(file), approval(STORAGE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"hash": "x", "target": [], "stacks": {}}',
        approval(STORAGE).to_json().replace("Retain", "x").replace("Remove", "Add"),
    ],
)
def test_a_file_that_is_no_approval_or_was_edited_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "approval.json"
    file.write_text(text)
    with pytest.raises(UserError, match="not an approval, or edited by hand") as refused:
        require_approval(str(file), approval(STORAGE))
    assert refused.value.exit_code == 2


def test_neither_a_file_nor_a_hash_is_refused() -> None:
    with pytest.raises(UserError, match="neither a file nor a hash") as refused:
        require_approval("abc", approval(STORAGE))
    assert refused.value.exit_code == 2
