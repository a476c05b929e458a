"""What a deployment would change, by CloudFormation's own change sets; none of them is executed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from mlproject.deployment.assembly import SynthesizedStack
from mlproject.errors import UserError

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (template body)
TEMPLATE_BODY_BYTES_LIMIT = 51_200
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (StatusReason)
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# Stacks that were never created: nothing of them is in use.
_NOT_CREATED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE")
_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """What a deployment would do to one stack.

    Args:
        path: as people type it, such as `dev/flights/storage`.
        is_new: whether there is no such stack yet.
        refusal: why it is not deployed, if the app says so.
        changes: each a ResourceChange, as DescribeChangeSet gives it
            (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
    """

    path: str
    is_new: bool
    changes: tuple[Mapping[str, Any], ...] = ()
    refusal: str | None = None


def planned_changes(
    stacks: Iterable[SynthesizedStack], client: Callable[[str], Any], *, region: str
) -> tuple[StackChanges, ...]:
    """Have CloudFormation work out what deploying these stacks would do to those of them that exist.

    Args:
        stacks: what was synthesized.
        client: gives the boto3 client of a service.
        region: the stacks' region.

    Raises:
        UserError: CloudFormation refuses a template, or an operation on a stack goes on.
    """
    cloudformation = client("cloudformation")
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    existing = {stack["StackName"]: stack for page in pages for stack in page["Stacks"]}

    def changes_of(stack: SynthesizedStack) -> StackChanges:
        found = existing.get(stack.name)
        if stack.refusal:
            return StackChanges(path=stack.path, is_new=found is None, refusal=stack.refusal)
        if found is None or found["StackStatus"] in _NOT_CREATED:
            return StackChanges(path=stack.path, is_new=True)
        return StackChanges(
            path=stack.path, is_new=False, changes=_changes(stack, found, cloudformation, client("s3"), region=region)
        )

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(changes_of, stacks))


def _changes(
    stack: SynthesizedStack, found: Mapping[str, Any], cloudformation: Any, s3: Any, *, region: str
) -> tuple[Mapping[str, Any], ...]:
    name = f"mlproject-diff-{uuid.uuid4().hex[:8]}"
    known = {parameter["ParameterKey"] for parameter in found.get("Parameters", [])}
    declared = json.loads(stack.template).get("Parameters", {})
    try:
        created = cloudformation.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            Parameters=[{"ParameterKey": key, "UsePreviousValue": True} for key in declared if key in known],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in stack.tags.items()],
            **_template(stack, s3, region=region),
        )
    except ClientError as error:
        raise UserError(
            f"{stack.path}: CloudFormation refuses the change: {error.response['Error']['Message']}", exit_code=1
        ) from error
    change_set = {"StackName": created["StackId"], "ChangeSetName": created["Id"]}
    try:
        return _described(stack.path, cloudformation, change_set)
    finally:
        cloudformation.delete_change_set(**change_set)


def _described(path: str, cloudformation: Any, change_set: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**change_set, WaiterConfig={"Delay": 2})
    except WaiterError as error:
        reason = str(cloudformation.describe_change_set(**change_set).get("StatusReason", error))
        if any(words in reason for words in _NO_CHANGES):
            return ()
        raise UserError(f"{path}: CloudFormation refuses the change: {reason}", exit_code=1) from error
    pages = cloudformation.get_paginator("describe_change_set").paginate(**change_set)
    return tuple(change["ResourceChange"] for page in pages for change in page["Changes"])


def _template(stack: SynthesizedStack, s3: Any, *, region: str) -> dict[str, str]:
    """The template itself; one that is too long goes through S3, where the CDK CLI will put the same object."""
    body = json.dumps(json.loads(stack.template), separators=(",", ":"))
    if len(body.encode()) <= TEMPLATE_BODY_BYTES_LIMIT:
        return {"TemplateBody": body}
    bucket, _, key = stack.template_object.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=stack.template.encode())
    return {"TemplateURL": f"https://{bucket}.s3.{region}.amazonaws.com/{key}"}
