"""For each gap, what holds with it and not with moto alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.moto_server import REGION, Services

Proof = Callable[[Services, str], None]
PROOFS: dict[str, Proof] = {}


def proves(*keys: str) -> Callable[[Proof], Proof]:
    """Mark a proof of these gaps; it is called with the services and a name that nothing else has."""

    def register(proof: Proof) -> Proof:
        PROOFS.update(dict.fromkeys(keys, proof))
        return proof

    return register


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> None:
    """The service refuses the call with this code."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code


@proves("CloudTrailResponse.lookup_events")
def the_cli_gets_no_events(services: Services, _: str) -> None:
    assert services("cloudtrail").lookup_events()["Events"] == []


@proves("KmsResponse.enable_key_rotation", "KmsResponse.get_key_rotation_status")
def a_key_keeps_its_rotation_period(services: Services, _: str) -> None:
    kms = services("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180


@proves("LogsResponse.associate_kms_key", "LogsResponse.disassociate_kms_key")
def a_log_group_changes_its_key(services: Services, name: str) -> None:
    logs = services("logs")
    logs.create_log_group(logGroupName=name)
    logs.associate_kms_key(logGroupName=name, kmsKeyId="arn:aws:kms:eu-west-1:123456789012:key/k")
    assert "kmsKeyId" in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    logs.disassociate_kms_key(logGroupName=name)
    assert "kmsKeyId" not in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    refused("ResourceNotFoundException", logs.disassociate_kms_key, logGroupName=f"{name}-other")


def bucket(services: Services, name: str) -> str:
    services("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def log_deliveries(services: Services, name: str) -> str:
    """A bucket that takes access logs."""
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    services("s3").put_bucket_policy(Bucket=bucket(services, name), Policy=json.dumps({"Statement": [allowed]}))
    return name


def log_into(services: Services, source: str, target: str) -> None:
    enabled = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": ""}}
    services("s3").put_bucket_logging(Bucket=source, BucketLoggingStatus=enabled)


@proves("FakeBucket._log_permissions_enabled_policy")
def a_bucket_logs_before_the_target_has_its_policy(services: Services, name: str) -> None:
    log_into(services, bucket(services, name), bucket(services, f"{name}-logs"))


@proves("FakeBucket.get_permission")
def a_deny_of_plain_http_does_not_block_an_upload(services: Services, name: str) -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    services("s3").put_bucket_policy(Bucket=bucket(services, name), Policy=json.dumps({"Statement": [deny]}))
    services("s3").put_object(Bucket=name, Key="a", Body=b"1")


@proves("S3Backend.log_incoming_request")
def a_log_bucket_stays_empty(services: Services, name: str) -> None:
    s3 = services("s3")
    target = log_deliveries(services, f"{name}-logs")
    log_into(services, bucket(services, name), target)
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    assert s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]["TargetBucket"] == target
    assert "Contents" not in s3.list_objects_v2(Bucket=target)
    s3.delete_bucket(Bucket=target)
