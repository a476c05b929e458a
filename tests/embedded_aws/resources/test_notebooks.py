"""Notebook instances under CloudFormation: what stops them, what does not, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from tests.embedded_aws.resources.cases_ec2 import GROUPS, SUBNETS
from tests.embedded_aws.resources.cases_notebooks import ROLE, config
from tests.embedded_aws.resources.harness import FAILING, SUBJECT, Driver

NAME = "contract-notebook"


def stack(*, script: str = "echo", dependencies: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A notebook instance with its scripts."""
    return {
        **(dependencies or {}),
        "Scripts": {
            "Type": "AWS::SageMaker::NotebookInstanceLifecycleConfig",
            "Properties": {"OnStart": [{"Content": {"Fn::Base64": script}}]},
        },
        SUBJECT: {
            "Type": "AWS::SageMaker::NotebookInstance",
            "Properties": {
                "NotebookInstanceName": NAME,
                "InstanceType": "ml.t3.medium",
                "RoleArn": ROLE,
                "VolumeSizeInGB": 20,
                "LifecycleConfigName": config("Scripts"),
                **properties,
            },
        },
    }


def created(driver: Driver, **given: Any) -> None:
    assert driver.apply(stack(**given)) == "CREATE_COMPLETE", driver.reasons()


def described(driver: Driver) -> dict[str, Any]:
    about: dict[str, Any] = driver.services("sagemaker").describe_notebook_instance(NotebookInstanceName=NAME)
    return about


@contextmanager
def calls(driver: Driver) -> Iterator[list[str]]:
    """The names of the calls that change a notebook instance."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        if model.name.endswith("NotebookInstance") and not model.name.startswith("Describe"):
            made.append(model.name)

    events = driver.services("sagemaker").meta.events
    events.register("before-call.sagemaker", note)
    yield made
    events.unregister("before-call.sagemaker", note)


def test_a_change_stops_a_running_notebook_and_starts_it_again(driver: Driver) -> None:
    created(driver)
    with calls(driver) as made:
        assert driver.apply(stack(InstanceType="ml.t3.large", VolumeSizeInGB=30)) == "UPDATE_COMPLETE"
    assert made == ["StopNotebookInstance", "UpdateNotebookInstance", "StartNotebookInstance"]
    about = described(driver)
    assert (about["InstanceType"], about["VolumeSizeInGB"]) == ("ml.t3.large", 30)
    assert about["NotebookInstanceStatus"] == "InService"


def test_a_change_leaves_a_stopped_notebook_stopped(driver: Driver) -> None:
    created(driver)
    driver.services("sagemaker").stop_notebook_instance(NotebookInstanceName=NAME)
    with calls(driver) as made:
        assert driver.apply(stack(RootAccess="Disabled")) == "UPDATE_COMPLETE", driver.reasons()
    assert made == ["UpdateNotebookInstance"]
    assert described(driver)["NotebookInstanceStatus"] == "Stopped"
    with calls(driver) as made:
        assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert made == ["DeleteNotebookInstance"]


def test_a_deletion_stops_a_running_notebook_first(driver: Driver) -> None:
    created(driver)
    with calls(driver) as made:
        assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert made == ["StopNotebookInstance", "DeleteNotebookInstance"]


@pytest.mark.parametrize(
    "change",
    [{"Tags": [{"Key": "a", "Value": "1"}]}, {"script": "echo something else"}],
    ids=["tags", "a new script waits for the next start"],
)
def test_what_needs_no_stop_leaves_a_notebook_in_use_alone(change: dict[str, Any], driver: Driver) -> None:
    created(driver)
    with calls(driver) as made:
        assert driver.apply(stack(**change)) == "UPDATE_COMPLETE", driver.reasons()
    assert made == []


def test_a_refused_change_leaves_a_notebook_running(driver: Driver) -> None:
    created(driver)
    assert driver.apply(stack(InstanceType="ml.c5.large")) == "UPDATE_ROLLBACK_COMPLETE", driver.reasons()
    assert any("Member must satisfy enum value set" in reason for reason in driver.reasons())
    about = described(driver)
    assert (about["InstanceType"], about["NotebookInstanceStatus"]) == ("ml.t3.medium", "InService")


def test_a_volume_does_not_shrink(driver: Driver) -> None:
    created(driver)
    assert driver.apply(stack(VolumeSizeInGB=10)) == "UPDATE_ROLLBACK_COMPLETE", driver.reasons()
    assert any("cannot be less than its current size (20 GB)" in reason for reason in driver.reasons())


def test_a_volume_that_grew_cannot_be_rolled_back(driver: Driver) -> None:
    """As on AWS, which has no way to a smaller volume: the deploy must be continued without the notebook."""
    created(driver)
    assert driver.apply({**stack(VolumeSizeInGB=30), "Failing": FAILING}) == "UPDATE_ROLLBACK_FAILED"
    assert any("cannot be less than its current size (30 GB)" in reason for reason in driver.reasons())
    rolled_back = driver.engine.start_rollback("contract", skipped=[SUBJECT])
    rolled_back.idle.wait()
    assert rolled_back.status == "UPDATE_ROLLBACK_COMPLETE"
    assert described(driver)["NotebookInstanceStatus"] == "InService"


@pytest.mark.parametrize(("length", "status"), [(12288, "CREATE_COMPLETE"), (12289, "ROLLBACK_COMPLETE")])
def test_a_script_has_at_most_12288_bytes(length: int, status: str, driver: Driver) -> None:
    """cfn-lint passes 16,000 raw characters in Fn::Base64; the limit of 16,384 counts base64."""
    assert driver.apply(stack(script="#" * length)) == status
    too_long = any("Member must have length less than or equal to 16384" in reason for reason in driver.reasons())
    assert too_long is (status == "ROLLBACK_COMPLETE")


def test_another_subnet_is_refused_under_the_same_name(driver: Driver) -> None:
    dependencies = {**SUBNETS, **GROUPS}
    created(driver, dependencies=dependencies, SubnetId={"Ref": "SubnetOne"})
    ids_changed = stack(dependencies=dependencies, SubnetId={"Ref": "SubnetTwo"})
    assert driver.apply(ids_changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("Rename contract-notebook and update the stack again" in reason for reason in driver.reasons())


def test_subnet_and_group_are_in_use_as_long_as_the_notebook_is(driver: Driver) -> None:
    inside: dict[str, Any] = {"SubnetId": {"Ref": "SubnetOne"}, "SecurityGroupIds": [{"Ref": "GroupOne"}]}
    kept = stack(dependencies={**SUBNETS, **GROUPS}, **inside)
    kept[SUBJECT]["DeletionPolicy"] = "Retain"
    assert driver.apply(kept) == "CREATE_COMPLETE", driver.reasons()
    assert driver.delete() == "DELETE_FAILED"
    failed = {reason.split(" ")[0] for reason in driver.reasons() if "DependencyViolation" in reason}
    assert failed == {"SubnetOne", "GroupOne"}


def test_elastic_inference_is_refused_by_name(driver: Driver) -> None:
    with pytest.raises(CloudFormationError, match="AcceleratorTypes"):
        driver.apply(stack(AcceleratorTypes=["ml.eia2.medium"]))
