"""A started application, which EMR Serverless neither changes nor deletes."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.resources.cases_emr_serverless import APPLICATION, NETWORK
from tests.embedded_aws.resources.harness import SUBJECT, Driver

KIND = "AWS::EMRServerless::Application"


def stack(**changed: Any) -> dict[str, Any]:
    return {**NETWORK, SUBJECT: {"Type": KIND, "Properties": {**APPLICATION, **changed}}}


def started(driver: Driver) -> tuple[str, Any]:
    """Create an application and start it. Returns its id, and a client of the service."""
    assert driver.apply(stack()) == "CREATE_COMPLETE", driver.reasons()
    application, client = driver.subject.physical_id, driver.services("emr-serverless")
    client.start_application(applicationId=application)
    return application, client


def test_a_change_of_a_started_application_fails_and_is_rolled_back_when_it_is_stopped(driver: Driver) -> None:
    application, client = started(driver)
    more = {"MaximumCapacity": {"Cpu": "32 vCPU", "Memory": "128 GB"}}
    assert driver.apply(stack(**more)) == "UPDATE_ROLLBACK_FAILED"
    assert any("must be in one of the following statuses [CREATED, STOPPED]" in each for each in driver.reasons())
    client.stop_application(applicationId=application)
    rolled_back = driver.engine.start_rollback("contract", skipped=[])
    rolled_back.idle.wait()
    assert rolled_back.status == "UPDATE_ROLLBACK_COMPLETE"
    assert driver.apply(stack(**more)) == "UPDATE_COMPLETE", driver.reasons()


def test_a_started_application_gets_tags_and_is_deleted_only_when_it_is_stopped(driver: Driver) -> None:
    application, client = started(driver)
    assert driver.apply(stack(Tags=[{"Key": "a", "Value": "2"}])) == "UPDATE_COMPLETE", driver.reasons()
    assert driver.delete() == "DELETE_FAILED"
    client.stop_application(applicationId=application)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert client.get_application(applicationId=application)["application"]["state"] == "TERMINATED"


def test_a_property_without_a_default_is_not_removed_silently(driver: Driver) -> None:
    assert driver.apply(stack()) == "CREATE_COMPLETE", driver.reasons()
    without = stack()
    del without[SUBJECT]["Properties"]["MaximumCapacity"]
    assert driver.apply(without) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("MaximumCapacity of an application cannot be removed, only changed" in each for each in driver.reasons())
    driver.delete()
