"""A small CDK app in variants: what a deploy changes in place, replaces, adds, removes, or fails at."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm

Variant = Literal["first", "changed", "failing", "unknown type"]
ENVIRONMENT = cdk.Environment(account="123456789012", region="eu-west-1")


def synthesize(*, folder: Path, prefix: str, variant: Variant, taken_bucket: str = "taken") -> Path:
    """Write the cloud assembly of two stacks, `<prefix>-a` and `<prefix>-b`.

    Args:
        folder: where the assembly goes.
        prefix: makes names apart from those of other tests on the same server.
        variant: `changed` changes a parameter's value and a retention in place, replaces a role by another path,
            adds a parameter and removes one; `failing` changes the same and then asks for a bucket that exists.
        taken_bucket: the name of that bucket.
    """
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    first, second = (cdk.Stack(app, f"{prefix}-{name}", env=ENVIRONMENT) for name in "ab")
    for stack in (first, second):
        _fill(stack, prefix=stack.stack_name, changed=variant != "first")
    if variant == "failing":
        bucket = s3.CfnBucket(first, "Taken", bucket_name=taken_bucket)
        for other in ("Value", "Logs", "Role", "New"):
            bucket.node.add_dependency(first.node.find_child(other))
    if variant == "unknown type":
        cdk.CfnResource(first, "Unknown", type="AWS::Batch::JobQueue", properties={"Priority": 1})
    app.synth()
    return folder


def _fill(stack: cdk.Stack, *, prefix: str, changed: bool) -> None:
    ssm.CfnParameter(stack, "Value", name=f"/{prefix}/value", type="String", value="new" if changed else "old")
    logs.CfnLogGroup(stack, "Logs", log_group_name=f"/{prefix}/logs", retention_in_days=30 if changed else 7)
    role = iam.CfnRole(
        stack,
        "Role",
        path="/new/" if changed else "/old/",
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sagemaker.amazonaws.com"}}
            ],
        },
    )
    ssm.CfnParameter(stack, "RoleArn", name=f"/{prefix}/role-arn", type="String", value=role.attr_arn)
    extra = "New" if changed else "Old"
    ssm.CfnParameter(stack, extra, name=f"/{prefix}/{extra.lower()}", type="String", value="1")
