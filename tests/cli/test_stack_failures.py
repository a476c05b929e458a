"""What a failed deployment says: CloudFormation's answers are stubbed, since two deployments run at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from mlproject.cli.common.session import Session
from mlproject.cli.common.stack_failures import explaining_stack_failures
from mlproject.errors import UserError
from mlproject.parameters import load_parameters
from tests.cli.checkout import lay_out

STACK = "tiny-dev-storage"


CHANGE_SETS = "arn:aws:cloudformation:eu-west-1:111111111111:changeSet"
OURS = "mlproject-deploy-0a1b2c3d"


def stack(status: str, change_set: str) -> dict[str, str]:
    """The stack, in which a change set was executed last."""
    executed = f"{CHANGE_SETS}/{change_set}/{change_set}-id"
    described = {"StackName": STACK, "StackStatus": status, "StackId": STACK, "ChangeSetId": executed}
    return {**described, "CreationTime": "2026-01-01"}


def session(*rounds: str, change_set: str = "earlier") -> Session:
    """A session in which the stack has these statuses, one after the other, and finally this change set."""
    client = boto3.client("cloudformation", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(client)
    for status in rounds:
        stubber.add_response("describe_stacks", {"Stacks": [stack(status, change_set)]}, {})
    stubber.activate()
    made = Session(account="111111111111", region="eu-west-1", endpoint=None, boto3_session=boto3.Session())
    made._clients["cloudformation"] = client
    return made


def failing(tmp_path: Path, answers: Session) -> str:
    deployment: Any = load_parameters(lay_out(tmp_path).root).deployment("tiny", "dev")
    planned = [stack("UPDATE_COMPLETE", "earlier")]
    with (
        pytest.raises(UserError) as raised,
        explaining_stack_failures([STACK], deployment, answers, planned=planned, change_set=OURS),
    ):
        raise UserError("`cdk deploy` failed with exit code 1; see the output above.", exit_code=1)
    assert raised.value.exit_code == 1
    return str(raised.value)


def test_another_deployment_that_is_in_progress_is_named(tmp_path: Path) -> None:
    first, second = failing(tmp_path, session("UPDATE_COMPLETE", *["UPDATE_IN_PROGRESS"] * 2)).splitlines()
    assert first == "`cdk deploy` failed with exit code 1; see the output above."
    assert second == (
        f"Another operation on {STACK} is in progress (UPDATE_IN_PROGRESS), and CloudFormation accepts only one at a "
        "time. Run the command again: it waits for its end and continues."
    )


def test_another_deployment_that_has_ended_is_named(tmp_path: Path) -> None:
    answers = session(*["UPDATE_COMPLETE"] * 3, change_set="mlproject-deploy-ffffffff")
    assert failing(tmp_path, answers).splitlines()[1:] == [
        f"Another deployment has changed {STACK} at the same time, and this one has changed nothing in it. Run the "
        "command again: it plans the changes anew."
    ]


@pytest.mark.parametrize("change_set", ["earlier", OURS])
def test_a_failure_without_a_failed_stack_is_only_the_error_itself(tmp_path: Path, change_set: str) -> None:
    said = failing(tmp_path, session(*["UPDATE_COMPLETE"] * 3, change_set=change_set))
    assert said == "`cdk deploy` failed with exit code 1; see the output above."
