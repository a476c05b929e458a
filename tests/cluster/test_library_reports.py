"""Which cluster's reports the status reads, and what it makes of them."""

from __future__ import annotations

from typing import Any

import pytest

import embedded_aws as aws
from mlproject.cluster import describe_cluster
from tests.cli.checkout import make_bucket
from tests.cluster.cluster_stack import clients, names

FAILED, BEFORE = "j-FAILED", "j-BEFORE"


class CloudFormation:
    """A stack of CloudFormation after an operation with a cluster that failed.

    Args:
        status: status of the stack.
        cluster: id of the cluster in the stack, or None after the first deployment.
    """

    def __init__(self, status: str, cluster: str | None) -> None:
        self.status, self.cluster = status, cluster

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.status}]}

    def get_paginator(self, operation: str) -> CloudFormation:
        self.operation = operation
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        kind = {"ResourceType": "AWS::EMR::Cluster", "LogicalResourceId": "Cluster"}
        if self.operation == "list_stack_resources":
            gone = {**kind, "PhysicalResourceId": FAILED, "ResourceStatus": "DELETE_COMPLETE"}
            kept = {**kind, "PhysicalResourceId": self.cluster, "ResourceStatus": "UPDATE_COMPLETE"}
            return [{"StackResourceSummaries": [gone, kept]}]
        events = [
            {**kind, "PhysicalResourceId": FAILED, "ResourceStatus": "DELETE_COMPLETE"},
            {"ResourceType": "AWS::IAM::Role", "PhysicalResourceId": "role", "ResourceStatus": "CREATE_FAILED"},
            {**kind, "PhysicalResourceId": FAILED, "ResourceStatus": "CREATE_FAILED"},
            {**kind, "PhysicalResourceId": "", "ResourceStatus": "CREATE_IN_PROGRESS"},
            {"ResourceType": "AWS::CloudFormation::Stack", "ResourceStatus": "UPDATE_IN_PROGRESS"},
            # Of an earlier operation.
            {**kind, "LogicalResourceId": "NamedClusterLarge", "PhysicalResourceId": "j-OLD"}
            | {"ResourceStatus": "CREATE_FAILED"},
        ]
        return [{"StackEvents": events[:2]}, {"StackEvents": events[2:]}]


class Emr:
    """EMR, which no longer knows the clusters."""

    def describe_cluster(self, **_: str) -> dict[str, Any]:
        return {"Cluster": {"Status": {"State": "TERMINATED", "Timeline": {}}, "Name": "name"}}


@pytest.mark.parametrize(
    ("status", "cluster", "reason"),
    [
        ("ROLLBACK_COMPLETE", None, "of the new one"),
        ("UPDATE_ROLLBACK_COMPLETE", BEFORE, "of the new one"),
        ("UPDATE_COMPLETE", BEFORE, "of the old one"),
    ],
)
def test_after_a_rollback_the_reports_are_those_of_the_cluster_that_is_gone(
    embedded_aws: aws.Server, status: str, cluster: str | None, reason: str
) -> None:
    own, real = names(f"gone{len(status)}"), clients(embedded_aws)
    bucket = make_bucket(real("s3"), own.bucket("artifacts"))
    for cluster_id, text in ((FAILED, "of the new one"), (BEFORE, "of the old one")):
        key = f"emr-logs/{cluster_id}/libraries/ip-10-0-0-1.txt"
        real("s3").put_object(Bucket=bucket, Key=key, Body=f"failed 2026-11-30T04:00:00Z {text}\n".encode())
    fakes = {"cloudformation": CloudFormation(status, cluster), "emr": Emr()}
    (failure,) = describe_cluster(own, lambda service: fakes.get(service) or real(service)).library_failures
    assert (failure.reason, failure.hosts) == (reason, ("ip-10-0-0-1",))


def test_reports_that_the_caller_may_not_read_do_not_hide_the_status(embedded_aws: aws.Server) -> None:
    own, real = names("unreadable"), clients(embedded_aws)
    bucket = make_bucket(real("s3"), own.bucket("artifacts"))
    statement = (
        f'{{"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::{bucket}"}}'
    )
    real("s3").put_bucket_policy(Bucket=bucket, Policy=f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    fakes = {"cloudformation": CloudFormation("ROLLBACK_COMPLETE", None), "emr": Emr()}
    status = describe_cluster(own, lambda service: fakes.get(service) or real(service))
    assert status.stack_status == "ROLLBACK_COMPLETE"
    (failure,) = status.library_failures
    assert failure.reason == f"the reports in s3://{bucket}/emr-logs/{FAILED}/libraries/ cannot be read (AccessDenied)"
