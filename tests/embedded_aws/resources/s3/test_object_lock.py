"""Object Lock of a bucket: enabled at any time, disabled never."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.resources.harness import SUBJECT, Driver

VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}


def stack(**properties: Any) -> dict[str, Any]:
    return {SUBJECT: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "contract-lock", **properties}}}


def applied(driver: Driver, status: str, **properties: Any) -> None:
    assert driver.apply(stack(**properties)) == status, driver.reasons()


def test_a_bucket_that_holds_objects_is_locked_and_stays_locked(driver: Driver) -> None:
    s3 = driver.services("s3")
    applied(driver, "CREATE_COMPLETE", **VERSIONED)
    version = s3.put_object(Bucket="contract-lock", Key="a", Body=b"1")["VersionId"]
    applied(driver, "UPDATE_COMPLETE", **VERSIONED, ObjectLockEnabled=True)
    assert s3.get_object_lock_configuration(Bucket="contract-lock")["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled"
    }
    applied(driver, "UPDATE_ROLLBACK_COMPLETE", **VERSIONED)
    assert any("cannot be disabled once it is enabled" in reason for reason in driver.reasons())
    s3.delete_object(Bucket="contract-lock", Key="a", VersionId=version)
